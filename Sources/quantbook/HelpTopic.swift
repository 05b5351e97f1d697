import Cells
import Diagnostics
import NotebookLanguage

/// What `quantbook help` can be asked about besides the commands.
enum HelpTopic {
  case notebook
  case expressions
  case sweeps
  case exitCodes
  case cell(any Directive.Type)
  case filter(Filter)
  case scheme(SchemaForm.Choice)
  case metric(SchemaForm.Choice)
  case frontMatter
  case options

  /// The words that name each topic, for suggestions and completion.
  static let kinds = [
    "notebook", "expressions", "sweeps", "exit-codes", "cell", "filter", "scheme", "metric",
    "front-matter", "options",
  ]

  /// The names that a kind of topic can be followed by; empty where it stands alone.
  static func names(of kind: String) -> [String] {
    switch kind {
    case "cell": AllCells.directives.map { $0.name }
    case "filter": Filter.all.map(\.name)
    case "scheme": Catalogue.schemes.map(\.text)
    case "metric": Catalogue.metrics.map(\.text)
    default: []
    }
  }

  /// nil where no such kind or name is known.
  init?(kind: String, name: String?) {
    let topic: Self? =
      switch (kind, name) {
      case ("notebook", nil): .notebook
      case ("expressions", nil): .expressions
      case ("sweeps", nil): .sweeps
      case ("exit-codes", nil): .exitCodes
      case ("cell", let name?): AllCells.directives.first { $0.name == name }.map { .cell($0) }
      case ("filter", let name?): Filter.all.first { $0.name == name }.map { .filter($0) }
      case ("scheme", let name?): Catalogue.schemes.first { $0.text == name }.map { .scheme($0) }
      case ("metric", let name?): Catalogue.metrics.first { $0.text == name }.map { .metric($0) }
      case ("front-matter", nil): .frontMatter
      case ("options", nil): .options
      default: nil
      }
    guard let topic else { return nil }
    self = topic
  }

  /// The cell, filter, scheme or metric of this name, where the user has not said which of them is meant.
  init?(named name: String) {
    let found = Self.kinds.lazy.filter { Self.names(of: $0).contains(name) }
    guard let kind = found.first else { return nil }
    self.init(kind: kind, name: name)
  }

  var text: String {
    switch self {
    case .notebook: NotebookGuide.text
    case .expressions: ExpressionGuide.text
    case .sweeps: SweepGuide.text
    case .exitCodes: ExitCodeGuide.text
    case .cell(let type): CellPage.text(of: type)
    case .filter(let filter):
      "\(filter.usage): \(filter.help)\n\nExample:\n\n"
        + HelpText.indented("{{ \(filter.example) }}")
    case .scheme(let choice), .metric(let choice):
      TextColumns.wrapped("\(choice.text): \(choice.help ?? "")")
    case .frontMatter:
      "front matter: the YAML between two lines --- at the head of a notebook.\n\nKeys:\n"
        + SchemaText(FrontMatter.keyDescriptions).text()
        + "\nExample:\n\n" + HelpText.indented(FrontMatter.example)
    case .options:
      "options: the lines of a cell that start with #|, before its body. They say how the cell is run "
        + "and\nshown, and never change what it computes.\n\nKeys:\n"
        + SchemaText(CellOptions.keyDescriptions).text()
        + "\nExample:\n\n" + HelpText.indented(CellOptions.example)
    }
  }

  /// Name and summary, for lists.
  var summary: [String] {
    switch self {
    case .notebook: ["notebook", "Front matter, cells, references: the whole language in short."]
    case .expressions: ["expressions", "{{ … }}: names, operators, filters."]
    case .sweeps: ["sweeps", "Lists that compute each of their values, and their addresses."]
    case .exitCodes: ["exit-codes", "How the command ends."]
    case .cell(let type): [type.name, type.summary]
    case .filter(let filter): [filter.usage, filter.help]
    case .scheme(let choice), .metric(let choice): [choice.text, choice.help ?? ""]
    case .frontMatter: ["front-matter", "The head of a notebook."]
    case .options: ["options", "The #| lines of cells."]
    }
  }

  /// The topics with their summaries, in lines.
  static var list: String {
    TextColumns.aligned(
      kinds.map { kind in
        let row =
          Self(kind: kind, name: nil)?.summary ?? ["\(kind) NAME", "One \(kind), by its name."]
        return ["  " + row[0]] + row.dropFirst()
      })
  }
}
