import Cells
import NotebookLanguage

extension FuzzTarget {
  /// YAML where a notebook has it: in the front matter, in `#|` lines and in the body of each kind of
  /// cell. The first byte says where.
  static let yaml = FuzzTarget("yaml", longest: 2048) { bytes in
    guard let place = bytes.first else { return }
    let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
    let kinds = AllCells.directives.map { $0.name }
    switch Int(place) % (kinds.count + 2) {
    case kinds.count: try NotebookPromises.check("---\n\(text)\n---\n", files: text)
    case kinds.count + 1:
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { "#| \($0)\n" }
      try NotebookPromises.check(
        "```{plot}\n\(lines.joined())rows: []\n```\n", files: nil)
    case let kind: try NotebookPromises.check("```{\(kinds[kind])}\n\(text)\n```\n", files: text)
    }
  }
}
