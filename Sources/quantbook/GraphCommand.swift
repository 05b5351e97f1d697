import ArgumentParser
import Diagnostics
import NotebookLanguage

struct GraphCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph",
    abstract: "Prints which cells of a notebook use which, for Mermaid or Graphviz.",
    discussion: """
      Examples:
        quantbook graph report.md
        quantbook graph report.md --format dot | dot -Tsvg > graph.svg

      Mermaid text stands in a listing of its own on GitHub: ```mermaid.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case mermaid, dot
  }

  @OptionGroup var input: NotebookOptions

  @Option(help: "The language of the graph.")
  var format = Format.mermaid

  func run() throws {
    let cells = try input.load().checked.cells
    Terminal.print(NotebookGraph(cells).text(format))
  }
}

/// The cells of a notebook and what they use, as text.
struct NotebookGraph {
  private let labels: [String]
  /// From the number of a cell to that of one that uses it.
  private let edges: [(from: Int, to: Int)]

  init(_ cells: [PlannedCell]) {
    self.init(
      labels: cells.map { cell in
        cell.source.label.map { "\($0) · \(cell.source.kind)" } ?? cell.source.description
      },
      edges: cells.enumerated().flatMap { index, cell in
        cell.inputs.map { (from: $0, to: index) }
      })
  }

  init(labels: [String], edges: [(from: Int, to: Int)]) {
    self.labels = labels
    self.edges = edges
  }

  func text(_ format: GraphCommand.Format) -> String {
    switch format {
    case .mermaid:
      let nodes = labels.enumerated().map { "  c\($0)[\"\(Self.mermaid($1))\"]\n" }
      return "flowchart TD\n" + nodes.joined()
        + edges.map { "  c\($0.from) --> c\($0.to)\n" }.joined()
    case .dot:
      let nodes = labels.enumerated().map { "  c\($0) [label=\"\(Self.dot($1))\"];\n" }
      return "digraph notebook {\n  node [shape=box];\n" + nodes.joined()
        + edges.map { "  c\($0.from) -> c\($0.to);\n" }.joined() + "}\n"
    }
  }

  /// Entities for what Mermaid reads as its own or as HTML.
  private static func mermaid(_ label: String) -> String {
    escaped(label) { scalar in
      switch scalar {
      case "\"": "#quot;"
      case "#": "#35;"
      case "<": "#lt;"
      case ">": "#gt;"
      case "&": "#amp;"
      case "`": "#96;"
      default: nil
      }
    }
  }

  private static func dot(_ label: String) -> String {
    escaped(label) { "\"\\".unicodeScalars.contains($0) ? "\\\($0)" : nil }
  }

  /// By code points: a mark that combines with a quote leaves it one.
  private static func escaped(_ label: String, _ escape: (Unicode.Scalar) -> String?) -> String {
    label.onOneLine.unicodeScalars.map { escape($0) ?? String($0) }.joined()
  }
}
