import Foundation
import NotebookRunner

/// `status` in words: a line for each cell, and why it is stale.
enum StatusText {
  static func of(_ cells: [CellStatus]) -> String {
    let width = cells.map(\.cell.count).max() ?? 0
    return cells.map { cell in
      let name = cell.cell.padding(toLength: width, withPad: " ", startingAt: 0)
      let state = cell.isFresh ? "fresh" : "stale"
      let reasons = cell.isFresh ? "" : ": because " + cell.reasons.joined(separator: ", ")
      let cached = !cell.isFresh && cell.isCached ? "; kept in the cache" : ""
      return "\(name)  \(state)\(reasons)\(cached)\n"
    }.joined()
  }
}
