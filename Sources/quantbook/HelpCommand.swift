import ArgumentParser
import Diagnostics

/// `quantbook help`: stands in for swift-argument-parser's own, and knows the language as well.
struct HelpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "help",
    abstract: "Explains a command, or a part of the notebook language.",
    discussion: """
      Examples:
        quantbook help run
        quantbook help notebook
        quantbook help cell quantize
        quantbook help cell          (lists them)

      Topics besides the commands:
      \(HelpTopic.list)
      """)

  @Argument(
    help: ArgumentHelp(
      "A command, or a topic; cell, filter, scheme and metric take a name.",
      valueName: "topic"),
    completion: .custom { words, index, _ in
      // The words up to the one that is completed, after `quantbook help`.
      HelpCommand.completions(
        after: Array(words.prefix(max(index, 0)).drop { $0 != "help" }.dropFirst()))
    })
  var topic: [String] = []

  func run() throws { Terminal.print(try Self.text(on: topic)) }

  static func text(on topic: [String]) throws -> String {
    guard let first = topic.first else { return Quantbook.helpMessage() + "\n" }
    if let command = command(named: topic) { return Quantbook.helpMessage(for: command) + "\n" }
    if let found = HelpTopic(kind: first, name: topic.dropFirst().first), topic.count <= 2 {
      return found.text
    }
    if topic.count == 1, let found = HelpTopic(named: first) { return found.text }
    let names = HelpTopic.names(of: first)
    if topic.count == 1, !names.isEmpty {
      let pages = names.compactMap { HelpTopic(kind: first, name: $0)?.summary }
      return TextColumns.aligned(pages) + "\nMore: quantbook help \(first) \(names[0])\n"
    }
    throw ValidationError(problem(with: topic, names))
  }

  private static func problem(with topic: [String], _ names: [String]) -> String {
    let unknown = topic.count > 1 && !names.isEmpty ? topic[1] : topic[0]
    let known =
      topic.count > 1 && !names.isEmpty ? names : commandNames + HelpTopic.kinds
    let kind = topic.count > 1 && !names.isEmpty ? topic[0] : "command or topic"
    guard !known.contains(unknown) else {
      return "'\(topic.joined(separator: " "))' is more than one topic"
    }
    let help = Diagnostic.suggestion(for: unknown, among: known).map { "; \($0)" } ?? ""
    return "there is no \(kind) '\(unknown)'\(help)"
  }

  /// The command of a path such as `cache`, `clean`.
  private static func command(named path: [String]) -> (any ParsableCommand.Type)? {
    var type: any ParsableCommand.Type = Quantbook.self
    for name in path {
      let children = type.configuration.subcommands
      guard let next = children.first(where: { self.name(of: $0) == name }) else { return nil }
      type = next
    }
    return type
  }

  private static var commandNames: [String] {
    Quantbook.configuration.subcommands.map { name(of: $0) }
  }

  private static func name(of type: any ParsableCommand.Type) -> String {
    type.configuration.commandName ?? String(describing: type).lowercased()
  }

  static func completions(after words: [String]) -> [String] {
    switch words.count {
    case 0: commandNames + HelpTopic.kinds
    case 1: HelpTopic.names(of: words[0])
    default: []
    }
  }
}
