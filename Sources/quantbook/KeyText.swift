import NotebookRunner

/// All that a value depends on, a line each.
enum KeyText {
  static func of(_ cell: CellStatus) -> String {
    guard let key = cell.key else {
      return "\(cell.cell): not known yet: \(cell.reasons.joined(separator: ", "))\n"
    }
    var text = "\(cell.cell): \(cell.isCached ? "kept in the cache" : "not in the cache")\n"
    text += "  key       \(key.hash)\n"
    text += "  cell      \(key.cell)\n"
    if !key.engine.isEmpty { text += "  engine    \(key.engine)\n" }
    for (name, entries) in [
      ("setting", key.settings), ("input", key.inputs), ("file", key.files), ("machine", key.host),
    ] {
      let padding = String(repeating: " ", count: 10 - name.count)
      for (path, value) in entries.sorted(by: { $0.key < $1.key }) {
        text += "  \(name)\(padding)\(path): \(value)\n"
      }
    }
    if !cell.isFresh {
      text += "  committed results are stale because \(cell.reasons.joined(separator: ", "))\n"
    }
    return text
  }
}
