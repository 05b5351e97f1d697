import Diagnostics
import NotebookLanguage

/// One value of an axis.
struct AxisCoordinate: Hashable, Sendable {
  var axis: String
  var value: String
}

/// Results, or their shapes, spread out: each with its place on the axes of the sweeps that made them.
///
/// The subjects of an evaluate cell are an axis too, named `of`.
struct SweptResults<Leaf: Sendable>: Sendable {
  struct Entry: Sendable {
    /// The outermost axis first.
    var place: [AxisCoordinate]
    var leaf: Leaf

    func value(of axis: String) -> String? { place.first { $0.axis == axis }?.value }
  }

  private(set) var entries: [Entry]

  /// The names of the axes, the outermost first.
  var axes: [String] {
    var axes: [String] = []
    var known: Set<String> = []
    for coordinate in entries.flatMap(\.place) where known.insert(coordinate.axis).inserted {
      axes.append(coordinate.axis)
    }
    return axes
  }

  /// The values of an axis, in the order written.
  func values(of axis: String) -> [String] {
    var values: [String] = []
    var known: Set<String> = []
    for value in entries.compactMap({ $0.value(of: axis) }) where known.insert(value).inserted {
      values.append(value)
    }
    return values
  }

  /// The combinations of several axes' values, the first outermost.
  func places(along axes: [String]) -> [[AxisCoordinate]] {
    axes.reduce([[]]) { places, axis in
      let values = self.values(of: axis)
      return places.flatMap { place in
        values.map { place + [AxisCoordinate(axis: axis, value: $0)] }
      }
    }
  }

  /// What stands at a place; nil for a combination that there is no result of.
  func leaf(at place: [AxisCoordinate]) -> Leaf? { entry(at: place)?.leaf }

  func entry(at place: [AxisCoordinate]) -> Entry? {
    entries.first { entry in place.allSatisfy { entry.value(of: $0.axis) == $0.value } }
  }

  /// The results of the named subjects of an evaluate cell alone; all if none is named.
  func of(_ subjects: [String]) -> Self {
    guard !subjects.isEmpty else { return self }
    var chosen = self
    chosen.entries.removeAll { entry in
      entry.value(of: Subjects.axis).map { !subjects.contains($0) } ?? true
    }
    return chosen
  }

  /// The results with the given values of some axes alone. An axis that there is not is passed over.
  func at(_ values: NamedMap<Spanned<String>>) -> Self {
    var chosen = self
    let axes = self.axes
    for entry in values.entries where axes.contains(entry.name.value) {
      let wanted = FieldPath.address(entry.value.value)
      chosen.entries.removeAll { $0.value(of: entry.name.value) != wanted }
    }
    return chosen
  }

  // MARK: - Mistakes

  /// What is wrong with a choice of values.
  func problems(with choice: NamedMap<Spanned<String>>) -> [Diagnostic] {
    let axes = self.axes
    return choice.entries.compactMap { entry in
      guard axes.contains(entry.name.value) else {
        return .unknown("axis", entry.name.value, among: axes, .unknownField, at: entry.name.span)
      }
      let values = self.values(of: entry.name.value)
      guard !values.contains(FieldPath.address(entry.value.value)) else { return nil }
      return .unknown(
        "value of '\(entry.name.value)'", entry.value.value, among: values, .unknownField,
        at: entry.value.span)
    }
  }

  /// Why the results cannot be laid out along these axes and no others.
  ///
  /// - Parameters:
  ///   - free: how many other axes may have several values, besides those that are used.
  ///   - span: where the results are named.
  func problem(using used: [Spanned<String>], free: Int = 0, at span: SourceSpan?) -> Diagnostic? {
    let axes = self.axes
    for (index, axis) in used.enumerated() {
      guard axes.contains(axis.value) else {
        return .unknown("axis", axis.value, among: axes, .unknownField, at: axis.span)
      }
      if let first = used[..<index].first(where: { $0.value == axis.value }) {
        return Diagnostic(
          .conflictingKeys, "'\(axis.value)' is laid out twice", at: axis.span,
          notes: [Diagnostic.Note("the first time here", at: first.span)])
      }
      if let without = entries.first(where: { $0.value(of: axis.value) == nil }) {
        let name = FieldPath.text(of: without.place.map(\.value))
        return Diagnostic(
          .unknownField,
          "'\(name)' does not range over '\(axis.value)', as others of the results do",
          at: axis.span,
          help: without.place.first.flatMap { coordinate in
            entries.first { $0.value(of: axis.value) != nil }?.value(of: coordinate.axis).map {
              "choose those that do, as with where: {\(coordinate.axis): \($0)}"
            }
          })
      }
    }
    let others = axes.filter { axis in
      !used.contains { $0.value == axis } && values(of: axis).count > 1
    }
    guard others.count > free, let other = others.first else { return nil }
    let found = values(of: other)
    let shown = found.prefix(4).joined(separator: ", ") + (found.count > 4 ? ", …" : "")
    return Diagnostic(
      .missingKey, "the results also range over '\(other)' (\(shown))", at: span,
      help: "lay that axis out as well, or choose one with where: {\(other): \(found[0])}")
  }
}

extension SweptResults where Leaf: ResultTree {
  init(_ results: Leaf) {
    entries = []
    add(results, at: [])
  }

  private mutating func add(_ results: Leaf, at place: [AxisCoordinate]) {
    guard let swept = results.sweptFields else {
      entries.append(Entry(place: place, leaf: results))
      return
    }
    for field in swept.fields {
      add(field.tree, at: place + [AxisCoordinate(axis: swept.axis, value: field.name)])
    }
  }
}

extension SweptResults<Shape> {
  /// Whether all axes are known before anything has run.
  var isKnown: Bool { !entries.contains { if case .open = $0.leaf { true } else { false } } }
}

/// What the values of axes are called in tables and charts: `labels:` of the cell.
struct AxisLabels {
  let labels: NamedMap<String>

  /// The label of the value itself, or the pattern of its axis, such as `block of {}`, or the value.
  func label(of value: String, on axis: String) -> String {
    labels[value] ?? labels[axis]?.replacing("{}", with: value) ?? value
  }

  func label(of place: [AxisCoordinate]) -> String {
    place.map { label(of: $0.value, on: $0.axis) }.joined(separator: ", ")
  }

  /// Labels of nothing that is shown, and patterns without a place for the value.
  func problems(_ axes: [String], values: (String) -> [String]) -> [Diagnostic] {
    let known = axes.flatMap(values) + axes
    return labels.entries.compactMap { entry in
      guard known.contains(entry.name.value) else {
        return .unknown("value", entry.name.value, among: known, .unknownField, at: entry.name.span)
      }
      guard axes.contains(entry.name.value), !entry.value.contains("{}"),
        !axes.flatMap(values).contains(entry.name.value)
      else { return nil }
      return Diagnostic(
        .unknownValue,
        "'\(entry.name.value)' is an axis: its label says with {} where a value goes",
        at: entry.name.span, help: "as in '\(entry.name.value) {}'")
    }
  }

  /// `Block size` for `blockSize`.
  static func title(of axis: String) -> String {
    let words = words(of: axis)
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  /// `block size` for `blockSize`; `KL` for `kl`, which is no word.
  static func words(of name: String) -> String {
    if name == "kl" { return "KL" }
    return name.reduce(into: "") { words, character in
      if character.isUppercase, !words.isEmpty { words += " " }
      words += character.lowercased()
    }
  }
}

extension NamedMap {
  var isEmpty: Bool { entries.isEmpty }
}
