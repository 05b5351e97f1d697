/// At most three of `known` that `typed` may have been meant for, the nearest first.
///
/// An edit costs 10 (transposing two neighbours is one edit); 1 only where letters differ in case,
/// `-` stands for `_`, or one digit for another; the cut-off is three edits in ten characters.
/// Weights after Quarto's `src/core/lib/text.ts`.
public func nearestNames(
  to typed: String, among known: [String], aliases: [String: String] = [:]
) -> [String] {
  let folded = typed.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
  if let alias = aliases[folded], known.contains(alias) { return [alias] }
  guard typed.count <= 200 else { return [] }
  return
    known
    .map { (name: $0, cost: editCost(Array(typed), Array($0))) }
    .filter { name, cost in
      let length = max(typed.count, name.count)
      // A name of which no letter is left is none that was meant.
      return cost <= max(3 * length, 10) && cost < 10 * length
    }
    .sorted { ($0.cost, $0.name) < ($1.cost, $1.name) }
    .prefix(3).map(\.name)
}

private func editCost(_ a: [Character], _ b: [Character]) -> Int {
  var beforeLast = [Int](repeating: 0, count: b.count + 1)
  var last = (0...b.count).map { $0 * 10 }
  for i in a.indices {
    var row = [(i + 1) * 10]
    row.reserveCapacity(b.count + 1)
    for j in b.indices {
      let insertion = row[j] + insertionCost(b[j])
      let deletion = last[j + 1] + insertionCost(a[i])
      var best = min(insertion, deletion, last[j] + substitutionCost(a[i], b[j]))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        best = min(best, beforeLast[j - 1] + 10)
      }
      row.append(best)
    }
    beforeLast = last
    last = row
  }
  return last[b.count]
}

private func insertionCost(_ character: Character) -> Int {
  character == "-" || character == "_" ? 1 : 10
}

private func substitutionCost(_ a: Character, _ b: Character) -> Int {
  if a == b { return 0 }
  if a.lowercased() == b.lowercased() { return 1 }
  if "-_".contains(a), "-_".contains(b) { return 1 }
  if a.isNumber, b.isNumber { return 1 }
  return 10
}
