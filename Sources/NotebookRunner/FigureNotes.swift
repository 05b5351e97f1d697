import NotebookLanguage
import SafeFiles

/// What JSON's plain numbers do not say of a value: units, errors, how each figure was made, the order
/// of fields. Together with the plain value it gives the value back exactly.
///
/// Paths are field names and list indices, joined by `/` (RFC 6901's escapes). What many figures have
/// in common is written once, with the paths that it holds for.
struct FigureNotes {
  /// What a number has besides its value and error.
  private struct Kind: Hashable {
    var unit: Unit
    var origin: DisplayedValue.Origin
    var note: String?
    var cause: String?
    var setting: String?
  }

  private static let plain = Kind(unit: .none, origin: .measured)

  private var errors: [String: Double] = [:]
  private var influences: [String: Influence] = [:]
  private var kinds: [String: Kind] = [:]
  private var principals: [String: String] = [:]
  private var axes: [String: String] = [:]
  private var orders: [String: [String]] = [:]
  private var nonFinite: Set<String> = []
  /// Paths of what holds a number that something is noted of.
  private var notedLists: Set<String> = []

  // MARK: - Writing

  /// The notes on `value`.
  init(on value: Value) { add(value, at: "") }

  private mutating func add(_ value: Value, at path: String) {
    switch value {
    case .number(let number):
      if !number.value.isFinite { nonFinite.insert(path) }
      if let error = number.error { errors[path] = error }
      if let influence = number.influence { influences[path] = influence }
      let kind = Kind(
        unit: number.unit, origin: number.origin, note: number.note, cause: number.cause,
        setting: number.setting)
      if kind != Self.plain { kinds[path] = kind }
    case .list(let values):
      for (index, element) in values.enumerated() {
        if case .number(let number) = element, Self.isPlain(number) { continue }
        add(element, at: "\(path)/\(index)")
      }
    case .record(let record):
      if let principal = record.principal { principals[path] = principal }
      if let axis = record.axis { axes[path] = axis }
      if record.names != record.names.sorted() { orders[path] = record.names }
      for field in record.fields { add(field.value, at: path + "/" + Self.escaped(field.name)) }
    case .text, .bool, .displayed: break
    }
  }

  private static func isPlain(_ number: Number) -> Bool {
    number.value.isFinite && number.error == nil && number.influence == nil
      && number.unit == .none && number.origin == .measured && number.note == nil
      && number.cause == nil && number.setting == nil
  }

  private static func escaped(_ name: String) -> String {
    name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") })
      ? name.replacing("~", with: "~0").replacing("/", with: "~1") : name
  }

  /// As a value, for the results file.
  var value: Value {
    var record = Record()
    func set(_ name: String, _ value: Value, unless isEmpty: Bool) {
      if !isEmpty { record[name] = value }
    }
    set("errors", Self.record(errors) { .number($0) }, unless: errors.isEmpty)
    set(
      "influences",
      Self.record(influences) {
        .record(
          Record(["sample": .text($0.sample), "values": .list($0.values.map { .number($0) })]))
      }, unless: influences.isEmpty)
    set(
      "kinds",
      Self.grouped(kinds) { kind in
        var record = Record()
        if kind.unit != .none { record["unit"] = .text(kind.unit.rawValue) }
        if kind.origin != .measured { record["origin"] = .text(kind.origin.rawValue) }
        record["note"] = kind.note.map { .text($0) }
        record["cause"] = kind.cause.map { .text($0) }
        record["setting"] = kind.setting.map { .text($0) }
        return record
      }, unless: kinds.isEmpty)
    set("principals", Self.grouped(principals, Self.name), unless: principals.isEmpty)
    set("axes", Self.grouped(axes, Self.name), unless: axes.isEmpty)
    set(
      "orders", Self.grouped(orders) { Record(["names": .list($0.map { .text($0) })]) },
      unless: orders.isEmpty)
    set("numbers", .list(nonFinite.sorted().map { .text($0) }), unless: nonFinite.isEmpty)
    return .record(record)
  }

  private static func name(_ name: String) -> Record { Record(["name": .text(name)]) }

  private static func record<Element>(
    _ entries: [String: Element], _ value: (Element) -> Value
  ) -> Value {
    var record = Record()
    for (path, entry) in entries.sorted(by: { $0.key < $1.key }) {
      record.append(path, value(entry))
    }
    return .record(record)
  }

  /// A list of what entries have in common, each with the paths of those that do.
  private static func grouped<Element: Hashable>(
    _ entries: [String: Element], _ content: (Element) -> Record
  ) -> Value {
    let groups = Dictionary(grouping: entries.keys) { entries[$0] }
    let sorted = groups.compactMap { element, paths in element.map { ($0, paths.sorted()) } }
      .sorted { $0.1[0] < $1.1[0] }
    return .list(
      sorted.map { element, paths in
        var record = content(element)
        record["paths"] = .list(paths.map { .text($0) })
        return .record(record)
      })
  }

  // MARK: - Reading

  /// The notes that `json` holds; what is not of this form counts as absent.
  init(_ json: JSONValue?) {
    guard case .object(let root)? = json else { return }
    for (path, value) in Self.members(root["errors"]) { errors[path] = value.asDouble }
    for (path, value) in Self.members(root["influences"]) {
      if case .object(let object) = value, case .string(let sample)? = object["sample"],
        case .array(let values)? = object["values"]
      {
        influences[path] = Influence(sample: sample, values: values.compactMap(\.asDouble))
      }
    }
    for (group, path) in Self.groups(root["kinds"]) {
      var kind = Self.plain
      kind.unit = group["unit"]?.asText.flatMap(Unit.init) ?? .none
      kind.origin = group["origin"]?.asText.flatMap(DisplayedValue.Origin.init) ?? .measured
      kind.note = group["note"]?.asText
      kind.cause = group["cause"]?.asText
      kind.setting = group["setting"]?.asText
      kinds[path] = kind
    }
    for (group, path) in Self.groups(root["principals"]) {
      principals[path] = group["name"]?.asText
    }
    for (group, path) in Self.groups(root["axes"]) { axes[path] = group["name"]?.asText }
    for (group, path) in Self.groups(root["orders"]) {
      if case .array(let names)? = group["names"] { orders[path] = names.compactMap(\.asText) }
    }
    if case .array(let paths)? = root["numbers"] { nonFinite = Set(paths.compactMap(\.asText)) }
    for path in Array(errors.keys) + influences.keys + kinds.keys + nonFinite {
      if let slash = path.lastIndex(of: "/") { notedLists.insert(String(path[..<slash])) }
    }
  }

  private static func members(_ json: JSONValue?) -> [(String, JSONValue)] {
    guard case .object(let object)? = json else { return [] }
    return object.members.map { ($0.name, $0.value) }
  }

  private static func groups(_ json: JSONValue?) -> [(JSONObject, String)] {
    guard case .array(let groups)? = json else { return [] }
    return groups.flatMap { group -> [(JSONObject, String)] in
      guard case .object(let object) = group, case .array(let paths)? = object["paths"] else {
        return []
      }
      return paths.compactMap { path in path.asText.map { (object, $0) } }
    }
  }

  /// The value that a plain one and these notes make.
  func value(of json: JSONValue) -> Value { value(of: json, at: "") }

  private func value(of json: JSONValue, at path: String) -> Value {
    switch json {
    case .null: return .text("")
    case .boolean(let bool): return .bool(bool)
    case .integer(let whole): return .number(number(Double(whole), at: path))
    case .number(let value): return .number(number(value, at: path))
    case .string(let text):
      guard nonFinite.contains(path), let value = json.asDouble else { return .text(text) }
      return .number(number(value, at: path))
    case .array(let elements):
      // Samples are long, and nothing is noted of most.
      if !notedLists.contains(path), let plain = Self.plainNumbers(elements) { return .list(plain) }
      return .list(
        elements.enumerated().map { value(of: $0.element, at: "\(path)/\($0.offset)") })
    case .object(let object):
      var record = Record(principal: principals[path])
      record.axis = axes[path]
      let members = object.members
      let places = Dictionary(
        (orders[path] ?? []).enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { $1 })
      let sorted =
        places.isEmpty
        ? members : members.sorted { (places[$0.name] ?? .max) < (places[$1.name] ?? .max) }
      for member in sorted {
        record.append(
          member.name, value(of: member.value, at: path + "/" + Self.escaped(member.name)))
      }
      return .record(record)
    }
  }

  /// nil where an element is no number.
  private static func plainNumbers(_ elements: [JSONValue]) -> [Value]? {
    var numbers: [Value] = []
    numbers.reserveCapacity(elements.count)
    for element in elements {
      switch element {
      case .integer(let whole): numbers.append(.number(Double(whole)))
      case .number(let value): numbers.append(.number(value))
      default: return nil
      }
    }
    return numbers
  }

  private func number(_ value: Double, at path: String) -> Number {
    let kind = kinds[path] ?? Self.plain
    var number = Number(
      value, unit: kind.unit, error: errors[path], influence: influences[path], cause: kind.cause,
      origin: kind.origin, note: kind.note)
    number.setting = kind.setting
    return number
  }
}

extension JSONValue {
  var asText: String? { if case .string(let text) = self { text } else { nil } }

  /// The number, also where it is written as a text because JSON has none for it.
  var asDouble: Double? {
    switch self {
    case .integer(let whole): Double(whole)
    case .number(let value): value
    case .string("Infinity"): .infinity
    case .string("-Infinity"): -.infinity
    case .string("NaN"): .nan
    default: nil
    }
  }
}
