import Markdown

/// A pipe table, whose cells are Markdown of one line each.
struct GFMTable {
  private let alignments: [MarkdownTable.Alignment]
  private let header: [String]
  private let rows: [[String]]

  init(alignments: [MarkdownTable.Alignment], header: [String], rows: [[String]]) {
    self.alignments = alignments
    self.header = header
    self.rows = rows
  }

  /// A table of figures: the names of the rows, and columns aligned at the right.
  init(header: [String], rows: [[String]]) {
    self.init(
      alignments: [.none] + header.dropFirst().map { _ in .right }, header: header, rows: rows)
  }

  var text: String {
    ([header, alignments.map(Self.mark)] + rows)
      .map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }

  private static func mark(_ alignment: MarkdownTable.Alignment) -> String {
    switch alignment {
    case .none: "---"
    case .left: ":---"
    case .center: ":---:"
    case .right: "---:"
    }
  }
}
