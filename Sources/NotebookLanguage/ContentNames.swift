/// What models and texts are called in a notebook, by the SHA-256 of their contents.
///
/// Equal contents give equal results whatever they are called. So what is kept of a result has a token
/// where a name is shown, and the names of the notebook at hand are set when the result is used.
public struct ContentNames: Hashable, Sendable {
  private static let opening: Character = "\u{E002}"
  private static let closing: Character = "\u{E003}"

  private var names: [String: String] = [:]

  public init() {}

  /// What stands for a name in a value.
  ///
  /// - Parameter sha256: of the contents, 64 hexadecimal digits.
  public static func token(for sha256: String) -> String { "\(opening)\(sha256)\(closing)" }

  /// The name of contents; of two that are given, the first stays.
  public mutating func add(_ name: String, for sha256: String) {
    if names[sha256] == nil { names[sha256] = name }
  }

  public mutating func add(_ other: ContentNames) {
    names.merge(other.names) { first, _ in first }
  }

  /// The text with names in the place of tokens; of contents without a name, the hash's beginning.
  public func set(in text: String) -> String {
    // The first byte of private-use characters, which few texts have.
    guard text.utf8.contains(0xEE) else { return text }
    var result = ""
    var rest = Substring(text)
    while let start = rest.firstIndex(of: Self.opening),
      let end = rest[start...].firstIndex(of: Self.closing)
    {
      let hash = String(rest[rest.index(after: start)..<end])
      result += rest[..<start]
      result += names[hash] ?? String(hash.prefix(8))
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  /// The value with names in the place of tokens, in its texts and in the notes on its numbers.
  public func set(in value: Value) -> Value {
    switch value {
    case .text(let text): return .text(set(in: text))
    case .number(var number):
      guard let note = number.note else { return value }
      number.note = set(in: note)
      return .number(number)
    case .list(let values): return .list(values.map(set))
    case .record(let record):
      var named = Record(principal: record.principal)
      named.axis = record.axis
      for field in record.fields { named.append(field.name, set(in: field.value)) }
      return .record(named)
    case .bool, .displayed: return value
    }
  }

  /// The result with names in the place of tokens.
  public func set(in result: StoredResult) -> StoredResult {
    var result = result
    result.value = set(in: result.value)
    result.provenance = result.provenance.map { ($0.name, set(in: $0.value)) }
    return result
  }
}
