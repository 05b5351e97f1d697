import ArgumentParser
import Cells
import Diagnostics
import NotebookLanguage

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Prints JSON Schema of the notebook language, for editors.",
    discussion: """
      Examples:
        quantbook schema > quantbook.schema.json
        quantbook schema cell quantize
        quantbook schema front-matter
        quantbook schema options

      Without a topic, one document holds a definition for each.
      """)

  @Argument(
    help: ArgumentHelp(
      "front-matter, options, or cell with its name; all if not given.", valueName: "topic"),
    completion: .custom { words, index, _ in
      let given = words.prefix(max(index, 0)).drop { $0 != "schema" }.dropFirst()
      return given.isEmpty
        ? ["front-matter", "options", "cell"]
        : given.first == "cell" && given.count == 1 ? HelpTopic.names(of: "cell") : []
    })
  var topic: [String] = []

  func run() throws { Terminal.print(try Self.document(on: topic).indented + "\n") }

  static func document(on topic: [String]) throws -> JSONDocument {
    let schema = JSONSchema(directives: AllCells.directives)
    switch (topic.first, topic.dropFirst().first, topic.count) {
    case (nil, _, _): return schema.everything
    case ("front-matter", nil, _): return schema.frontMatter
    case ("options", nil, _): return schema.options
    case ("cell", let name?, 2):
      if let type = AllCells.directives.first(where: { $0.name == name }) {
        return schema.body(of: type)
      }
      let known = AllCells.directives.map { $0.name }
      let help = Diagnostic.suggestion(for: name, among: known) ?? ""
      throw ValidationError("there is no cell '\(name)'; \(help)")
    case ("cell", nil, _): throw ValidationError("say which cell, such as: schema cell quantize")
    default:
      throw ValidationError(
        "there is no schema of '\(topic.joined(separator: " "))'; known: front-matter, options, cell"
      )
    }
  }
}
