import Diagnostics
import InputLimits

/// The computations that a cell's body stands for: one for each combination of the values that it
/// lists where the schema wants a single one.
///
/// `scheme: [fp4, nf4]` and `blockSize: [32, 64]` are two axes and four combinations. Axes stand in
/// the order written, the first outermost; so do their values.
struct Sweep {
  struct Combination {
    /// One name for each axis: the value's canonical text.
    var address: [String]
    var body: YAMLNode
  }

  private struct Axis {
    var name: String
    var span: SourceSpan
    /// Which pair of the body, of the mapping in it, and so on, the list stands at.
    var path: [Int]
    var values: [(name: String, node: YAMLNode)]
  }

  let axes: [String]
  let combinations: [Combination]

  /// A body without lists is one combination without axes. One whose lists are wrong, which is said in
  /// `diagnostics`, is read without them.
  ///
  /// - Parameter form: the body's; nil for a cell that allows no sweep.
  init(of body: YAMLNode, _ form: SchemaForm?, _ diagnostics: inout [Diagnostic]) {
    guard let form else {
      axes = []
      combinations = [Combination(address: [], body: body)]
      return
    }
    let before = diagnostics.count
    let found = Self.axes(in: body, form, at: [], &diagnostics)
    Self.reportClashes(of: found, &diagnostics)
    Self.reportSize(of: found, &diagnostics)
    guard diagnostics.count == before else {
      axes = []
      let rest = found.reduce(body) {
        $0.replacing($1.path[...], by: .unreadable(at: $1.span))
      }
      combinations = [Combination(address: [], body: rest)]
      return
    }
    axes = found.map(\.name)
    combinations = found.reduce([Combination(address: [], body: body)]) { combinations, axis in
      combinations.flatMap { combination in
        axis.values.map { value in
          Combination(
            address: combination.address + [value.name],
            body: combination.body.replacing(axis.path[...], by: value.node))
        }
      }
    }
  }

  // MARK: - Axes

  private static func axes(
    in node: YAMLNode, _ form: SchemaForm, at path: [Int], _ diagnostics: inout [Diagnostic]
  ) -> [Axis] {
    guard case .record(let keys, _) = form.unwrapped, case .mapping(let pairs) = node.content else {
      return []
    }
    var axes: [Axis] = []
    for (index, pair) in pairs.enumerated() {
      guard let key = keys.first(where: { $0.name == pair.key.scalar }) else { continue }
      if key.form.isSingle, case .sequence(let nodes) = pair.value.content {
        let values = values(nodes, of: key, at: pair.value.span, &diagnostics)
        axes.append(
          Axis(name: key.name, span: pair.key.span, path: path + [index], values: values))
      } else {
        axes += self.axes(in: pair.value, key.form, at: path + [index], &diagnostics)
      }
    }
    return axes
  }

  private static func values(
    _ nodes: [YAMLNode], of key: KeyDescription, at span: SourceSpan,
    _ diagnostics: inout [Diagnostic]
  ) -> [(name: String, node: YAMLNode)] {
    let most = Limit.sweepCombinations.value
    guard 1 <= nodes.count, nodes.count <= most else {
      diagnostics.append(
        Diagnostic(
          .outOfRange,
          "'\(key.name)' ranges over \(nodes.isEmpty ? "no" : "\(nodes.count)") values", at: span,
          help: "give from 1 to \(most)"
            + (nodes.isEmpty ? "" : "; \(Limit.sweepCombinations.cure)")))
      return []
    }
    var values: [(name: String, node: YAMLNode)] = []
    for node in nodes {
      guard let name = key.form.address(of: node) else {
        diagnostics.append(
          node.isPending
            ? Diagnostic(
              .expressionType,
              "the values of '\(key.name)' must be known before anything runs, but this is a result",
              at: node.span, help: "parameters can stand here")
            : Diagnostic(
              .wrongType,
              "'\(key.name)' ranges over single values, but this is "
                + (node.isNull ? "nothing" : node.kind), at: node.span))
        continue
      }
      if let first = values.first(where: { $0.name == name }) {
        diagnostics.append(
          Diagnostic(
            .duplicateKey, "'\(key.name)' ranges over \(name) twice", at: node.span,
            notes: [Diagnostic.Note("first given here", at: first.node.span)]))
      } else {
        values.append((name, node))
      }
    }
    return values
  }

  private static func reportClashes(of axes: [Axis], _ diagnostics: inout [Diagnostic]) {
    for (index, axis) in axes.enumerated() {
      guard let first = axes[..<index].first(where: { $0.name == axis.name }) else { continue }
      diagnostics.append(
        Diagnostic(
          .conflictingKeys,
          "two keys named '\(axis.name)' range over values: results could not be told apart",
          at: axis.span, notes: [Diagnostic.Note("the other is here", at: first.span)],
          help: "give one of them a single value"))
    }
  }

  private static func reportSize(of axes: [Axis], _ diagnostics: inout [Diagnostic]) {
    let most = Limit.sweepCombinations.value
    var count = 1
    for axis in axes {
      count *= axis.values.count
      guard count > most else { continue }
      let counts = axes.map { "\($0.values.count) \($0.name)" }.joined(separator: " × ")
      diagnostics.append(
        Diagnostic(
          .outOfRange,
          "this sweep has more than \(most) combinations: \(counts)",
          at: axis.span, help: Limit.sweepCombinations.cure))
      return
    }
  }
}

extension SchemaForm {
  fileprivate var unwrapped: SchemaForm {
    if case .optional(let form) = self { form.unwrapped } else { self }
  }

  /// Whether the schema wants one value, so that a list of them can only be a sweep.
  public var isSingle: Bool {
    switch unwrapped {
    case .text, .wholeNumber, .number, .condition, .choice: true
    case .list, .record, .map, .optional, .anyOf, .any: false
    }
  }

  /// The canonical text of a value in a sweep, by which results are addressed: `64` for `6_4` and
  /// `64.0`. nil for what is no single value or is not known yet.
  func address(of node: YAMLNode) -> String? {
    guard let text = node.scalar, !node.isNull, !node.isPending else { return nil }
    var unused: [Diagnostic] = []
    switch unwrapped {
    case .wholeNumber, .number:
      // What is no number is refused when the combination is read.
      return Double.decode(node, &unused).map(Self.address) ?? text
    case .condition: return Bool.decode(node, &unused).map { "\($0)" } ?? text
    default: return text
    }
  }

  /// The text that addresses a number: without a point where it is whole.
  public static func address(of number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }
}

extension YAMLNode {
  /// The node with the value at a path of pairs replaced.
  fileprivate func replacing(_ path: ArraySlice<Int>, by value: YAMLNode) -> YAMLNode {
    guard let index = path.first else { return value }
    guard case .mapping(var pairs) = content, pairs.indices.contains(index) else { return self }
    pairs[index].value = pairs[index].value.replacing(path.dropFirst(), by: value)
    var node = self
    node.content = .mapping(pairs)
    return node
  }
}

extension Value {
  /// The value that a sweep's parts make: records within records, one for each axis.
  ///
  /// - Parameters:
  ///   - axes: the outermost first; without any, the value is the only part's.
  ///   - parts: each with one name for every axis.
  public static func swept(
    over axes: [String], _ parts: [(address: [String], value: Value)]
  ) -> Value? {
    swept(over: axes[...], parts.map { ($0.address[...], $0.value) })
  }

  private static func swept(
    over axes: ArraySlice<String>, _ parts: [(address: ArraySlice<String>, value: Value)]
  ) -> Value? {
    guard let axis = axes.first else { return parts.first?.value }
    var names: [String] = []
    var members: [String: [(address: ArraySlice<String>, value: Value)]] = [:]
    for part in parts {
      guard let name = part.address.first else { continue }
      if members[name] == nil { names.append(name) }
      members[name, default: []].append((part.address.dropFirst(), part.value))
    }
    var record = Record()
    record.axis = axis
    for name in names {
      if let value = swept(over: axes.dropFirst(), members[name] ?? []) {
        record.append(name, value)
      }
    }
    return .record(record)
  }

  /// What stands at `path` below the outer axes, laid out by the same axes; nil where it is absent.
  public func belowAxes(_ count: Int, path: String) -> Value? {
    guard count > 0, case .record(let record) = self else { return self[path: path] }
    var part = Record()
    part.axis = record.axis
    for field in record.fields {
      if let value = field.value.belowAxes(count - 1, path: path) { part.append(field.name, value) }
    }
    return part.fields.isEmpty ? nil : .record(part)
  }
}

extension Shape {
  /// The shape of a sweep's result.
  static func swept(
    over axes: [String], _ parts: [(address: [String], shape: Shape)]
  ) -> Shape {
    guard let axis = axes.first else { return parts.first?.shape ?? .open }
    var fields: [Field] = []
    for name in parts.compactMap(\.address.first) where !fields.contains(where: { $0.name == name })
    {
      let inner = parts.filter { $0.address.first == name }
        .map { (address: Array($0.address.dropFirst()), shape: $0.shape) }
      fields.append(Field(name, swept(over: Array(axes.dropFirst()), inner)))
    }
    return .record(fields, axis: axis)
  }

  /// The axes from the outermost on, each once, until something is no sweep.
  public var axes: [String] {
    guard case .record(let fields, _, let axis?) = self else { return [] }
    var axes = [axis]
    for name in fields.flatMap(\.shape.axes) where !axes.contains(name) { axes.append(name) }
    return axes
  }

  /// As `Value.belowAxes`.
  func belowAxes(_ count: Int, path: String) -> Shape? {
    guard count > 0, case .record(let fields, _, let axis) = self else { return self[path: path] }
    let parts = fields.compactMap { field in
      field.shape.belowAxes(count - 1, path: path).map { Field(field.name, $0) }
    }
    return parts.isEmpty ? nil : .record(parts, axis: axis)
  }

  /// The shape with another in the place of what stands below its axes: what comes of a sweep when each
  /// of its values is made into something else.
  public func replacingBelowAxes(by shape: Shape) -> Shape {
    guard case .record(let fields, _, let axis?) = self else { return shape }
    return .record(
      fields.map { Field($0.name, $0.shape.replacingBelowAxes(by: shape)) }, axis: axis)
  }
}
