import ArgumentParser
import Diagnostics

/// A word where a command is expected that names none: swift-argument-parser would only call it
/// unexpected.
struct UnknownCommand {
  /// What was written, after the commands before it: `clear` of `cache clear`.
  let word: String
  /// The commands that could stand there.
  let known: [String]

  /// nil where the words start with commands that there are.
  init?(in arguments: [String]) {
    var type: any ParsableCommand.Type = Quantbook.self
    for word in arguments {
      let children = type.configuration.namedSubcommands
      guard !children.isEmpty, !word.hasPrefix("-") else { return nil }
      guard let next = children.first(where: { $0.name == word }) else {
        self.word = word
        known = children.map(\.name)
        return
      }
      type = next.type
    }
    return nil
  }

  var error: ValidationError {
    let help = Diagnostic.suggestion(for: word, among: known) ?? "quantbook --help lists them"
    return ValidationError("there is no command '\(word)'; \(help)")
  }
}

extension CommandConfiguration {
  /// The commands below this one, those in groups too, by name.
  fileprivate var namedSubcommands: [(name: String, type: any ParsableCommand.Type)] {
    subcommands.map {
      ($0.configuration.commandName ?? String(describing: $0).lowercased(), $0)
    }
  }
}
