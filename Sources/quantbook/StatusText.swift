import Foundation
import NotebookRunner

/// `status` in words: a line for each cell, and why it is stale.
enum StatusText {
  static func of(_ cells: [CellStatus]) -> String {
    let width = cells.map(\.cell.count).max() ?? 0
    return cells.map { cell in
      let name = cell.cell.padding(toLength: width, withPad: " ", startingAt: 0)
      let state = cell.isFresh ? "fresh" : "stale"
      let reasons = cell.isFresh ? "" : " because " + cell.reasons.joined(separator: ", ")
      let cached = !cell.isFresh && cell.isCached ? " (kept in the cache)" : ""
      let elsewhere =
        cell.isFresh
        ? cell.otherMachine.map { ", measured elsewhere (\($0)); a run measures it here" } ?? ""
        : ""
      return "\(name)  \(state)\(elsewhere)\(reasons)\(cached)\n"
    }.joined()
  }

  /// `2 of 14 stale; computing them takes about 12 s`, by how long they took before.
  static func summary(of cells: [CellStatus]) -> String {
    let stale = cells.filter { !$0.isFresh }
    guard !stale.isEmpty else { return "all \(cells.count) fresh" }
    let toCompute = stale.filter { !$0.isCached }
    let seconds = toCompute.compactMap(\.seconds).reduce(0, +)
    let known = toCompute.allSatisfy { $0.seconds != nil }
    let estimate =
      toCompute.isEmpty
      ? "nothing has to be computed"
      : "computing them took \(ProgressLine.duration(seconds)) before"
        + (known ? "" : ", as far as is known")
    return "\(stale.count) of \(cells.count) stale; \(estimate)"
  }
}
