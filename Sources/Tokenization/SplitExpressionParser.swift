import InputLimits

/// Parses the text of a split expression.
struct SplitExpressionParser {
  /// What is at fault, without the pattern.
  struct Failure: Error {
    var reason: String
  }

  private let depthLimit = Limit.patternDepth.value
  private static let repeatLimit = 1 << 20

  private let text: [Unicode.Scalar]
  private var position = 0
  private var depth = 0
  /// Inside `(?i:…)`.
  private var ignoresCase = false

  /// - Throws: `Failure`, which names the first construct that is not computed here.
  static func parse(_ pattern: String) throws(Failure) -> SplitExpression {
    let text = Array(pattern.unicodeScalars)
    guard text.count <= Limit.patternLength.value else {
      throw Failure(
        reason:
          "has more than \(Limit.patternLength.value) characters (\(Limit.patternLength.cure))")
    }
    var parser = Self(text: text)
    let alternatives = try parser.alternatives()
    guard parser.position == parser.text.count else {
      throw Failure(reason: "has a ')' without its '('")
    }
    guard shortest(alternatives) > 0 else { throw Failure(reason: "matches the empty text") }
    return SplitExpression(alternatives, pattern: pattern)
  }

  private init(text: [Unicode.Scalar]) { self.text = text }

  /// The fewest characters of a match.
  private static func shortest(_ alternatives: [[SplitExpression.Node]]) -> Int {
    alternatives.map { nodes in
      nodes.reduce(0) { sum, node in
        switch node {
        case .run(_, let count, _): min(sum + count.lowerBound, repeatLimit)
        case .group(let inner, let isOptional):
          isOptional ? sum : min(sum + shortest(inner), repeatLimit)
        case .lookahead: sum
        }
      }
    }.min() ?? 0
  }

  // MARK: Alternatives and groups

  private mutating func alternatives() throws(Failure) -> [[SplitExpression.Node]] {
    depth += 1
    guard depth <= depthLimit else {
      throw Failure(reason: "is nested more than \(depthLimit) deep (\(Limit.patternDepth.cure))")
    }
    defer { depth -= 1 }
    var alternatives: [[SplitExpression.Node]] = [[]]
    var previous: Unicode.Scalar?
    while let next = peek(), next != ")" {
      if next == "|" {
        position += 1
        alternatives.append([])
        previous = nil
        continue
      }
      if ignoresCase { try checkFolding(previous, next) }
      previous = next
      alternatives[alternatives.count - 1].append(try element())
    }
    return alternatives
  }

  /// Without regard to case, `ss` is `ß` too: such pairs are refused.
  private func checkFolding(
    _ previous: Unicode.Scalar?, _ next: Unicode.Scalar
  ) throws(Failure) {
    guard let previous else { return }
    let pair = "\(previous)\(next)".lowercased()
    if ["ff", "fi", "fl", "ss", "st"].contains(pair) {
      throw Failure(reason: "has '\(pair)' within (?i:…)")
    }
  }

  private mutating func element() throws(Failure) -> SplitExpression.Node {
    if peek() == "(" { return try group() }
    let characters = try character()
    let (count, isPossessive) = try quantifier()
    return .run(characters, count, isPossessive: isPossessive)
  }

  private mutating func group() throws(Failure) -> SplitExpression.Node {
    let outer = ignoresCase
    let isLookahead: Bool
    var isNegated = false
    if take("(?:") {
      isLookahead = false
    } else if take("(?i:") {
      (isLookahead, ignoresCase) = (false, true)
    } else if take("(?=") {
      isLookahead = true
    } else if take("(?!") {
      (isLookahead, isNegated) = (true, true)
    } else if take("(?") {
      throw Failure(reason: "has '(?\(peek().map(String.init) ?? "")'")
    } else {
      position += 1
      isLookahead = false
    }
    let inner = try alternatives()
    guard take(")") else { throw Failure(reason: "has a '(' without its ')'") }
    ignoresCase = outer
    let (count, isPossessive) = try quantifier()
    if isLookahead {
      guard count == 1...1 else { throw Failure(reason: "repeats a lookahead") }
      return .lookahead(inner, isNegated: isNegated)
    }
    guard count == 1...1 || count == 0...1 && !isPossessive else {
      throw Failure(reason: "repeats a group")
    }
    return .group(inner, isOptional: count == 0...1)
  }

  private mutating func quantifier() throws(Failure) -> (ClosedRange<Int>, isPossessive: Bool) {
    let count: ClosedRange<Int>
    if take("?") {
      count = 0...1
    } else if take("*") {
      count = 0...Int.max
    } else if take("+") {
      count = 1...Int.max
    } else if take("{") {
      count = try interval()
      // Oniguruma takes a plus after an interval for another repetition.
      if let next = peek(), "?*+{".unicodeScalars.contains(next) {
        throw Failure(reason: "repeats a repetition")
      }
      return (count, false)
    } else {
      return (1...1, false)
    }
    let isPossessive = take("+")
    if let next = peek(), "?*+{".unicodeScalars.contains(next) {
      throw Failure(reason: "repeats a repetition, or repeats as few times as possible")
    }
    return (count, isPossessive)
  }

  /// What follows the `{` of `{3}`, `{1,3}` or `{1,}`.
  private mutating func interval() throws(Failure) -> ClosedRange<Int> {
    let failure = Failure(reason: "has a '{' that is no {number} and no {least,most}")
    guard let least = number() else { throw failure }
    var most: Int? = least
    if take(",") { most = peek() == "}" ? Int.max : number() }
    guard let most, least <= most, most > 0, take("}") else { throw failure }
    return least...most
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let digit = peek(), "0"..."9" ~= digit {
      value = min((value ?? 0) * 10 + Int(digit.value - 48), Self.repeatLimit)
      position += 1
    }
    return value
  }

  // MARK: Characters

  /// One character, a dot, an escape or a class between brackets.
  private mutating func character() throws(Failure) -> CharacterClass {
    guard let next = peek() else { throw Failure(reason: "ends too early") }
    position += 1
    switch next {
    case "[": return try bracketed()
    case "\\": return CharacterClass([try folded(escape())])
    case ".":
      if ignoresCase { throw Failure(reason: "has '.' within (?i:…)") }
      return CharacterClass([.range(10...10)], isNegated: true)
    case "^", "$", "*", "+", "?", "{", "}", "]": throw Failure(reason: "has '\(next)'")
    default: return try CharacterClass(cases(of: next))
    }
  }

  /// What follows the `[` of a class.
  private mutating func bracketed() throws(Failure) -> CharacterClass {
    depth += 1
    guard depth <= depthLimit else {
      throw Failure(reason: "is nested more than \(depthLimit) deep (\(Limit.patternDepth.cure))")
    }
    defer { depth -= 1 }
    let isNegated = take("^")
    if isNegated && ignoresCase { throw Failure(reason: "has '[^' within (?i:…)") }
    var items: [CharacterClass.Item] = []
    while let next = peek(), next != "]" || items.isEmpty {
      if take("&&") { throw Failure(reason: "has '&&' in a class") }
      if take("[") {
        if peek() == ":" { throw Failure(reason: "has '[:' in a class") }
        items.append(.nested(try bracketed()))
        continue
      }
      if next == "]" || next == "-" && !items.isEmpty && !isLastInClass {
        throw Failure(reason: "has '\(next)' at such a place of a class")
      }
      let first = try classItem()
      guard case .range(let low) = first, peek() == "-", !isLastInClass else {
        items += try folded([first])
        continue
      }
      position += 1
      guard peek() != "[", case .range(let high) = try classItem(),
        low.lowerBound <= high.lowerBound
      else {
        throw Failure(reason: "has a range in a class that does not ascend")
      }
      items += try folded([.range(low.lowerBound...high.lowerBound)])
    }
    guard take("]") else { throw Failure(reason: "has a '[' without its ']'") }
    return CharacterClass(items, isNegated: isNegated)
  }

  private var isLastInClass: Bool {
    position + 1 < text.count && text[position + 1] == "]"
  }

  private mutating func classItem() throws(Failure) -> CharacterClass.Item {
    guard let next = peek() else { throw Failure(reason: "ends too early") }
    position += 1
    return next == "\\" ? try escape() : .range(next.value...next.value)
  }

  /// What follows a backslash.
  private mutating func escape() throws(Failure) -> CharacterClass.Item {
    guard let next = peek() else { throw Failure(reason: "ends too early") }
    position += 1
    switch next {
    case "r": return .range(13...13)
    case "n": return .range(10...10)
    case "t": return .range(9...9)
    case "s": return .space
    case "S": return .nested(CharacterClass([.space], isNegated: true))
    case "w": return .word
    case "W": return .nested(CharacterClass([.word], isNegated: true))
    case "d": return .categories(CharacterClass.categories["Nd"] ?? 0)
    case "D":
      return .nested(
        CharacterClass([.categories(CharacterClass.categories["Nd"] ?? 0)], isNegated: true))
    case "p", "P": return try property(isNegated: next == "P")
    default:
      guard next.isASCII, !next.properties.isAlphabetic, !("0"..."9" ~= next) else {
        throw Failure(reason: "has '\\\(next)'")
      }
      return .range(next.value...next.value)
    }
  }

  /// What follows `\p` or `\P`.
  private mutating func property(isNegated: Bool) throws(Failure) -> CharacterClass.Item {
    guard take("{") else { throw Failure(reason: "has '\\p' without '{'") }
    let isNegated = take("^") != isNegated
    var name = ""
    while let next = peek(), next != "}", name.utf8.count < 40 {
      name.unicodeScalars.append(next)
      position += 1
    }
    guard take("}"), let bits = CharacterClass.categories[name] else {
      throw Failure(reason: "has the property '\(name)'")
    }
    let item = CharacterClass.Item.categories(bits)
    return isNegated ? .nested(CharacterClass([item], isNegated: true)) : item
  }

  // MARK: Case

  private func cases(of scalar: Unicode.Scalar) throws(Failure) -> [CharacterClass.Item] {
    try folded([.range(scalar.value...scalar.value)])
  }

  private func folded(_ item: CharacterClass.Item) throws(Failure) -> CharacterClass.Item {
    .nested(CharacterClass(try folded([item])))
  }

  /// With the other case of ASCII letters, and the two characters beyond ASCII that fold to one.
  private func folded(
    _ items: [CharacterClass.Item]
  ) throws(Failure) -> [CharacterClass.Item] {
    guard ignoresCase else { return items }
    var all = items
    for item in items {
      guard case .range(let range) = item, range.upperBound < 128 else {
        throw Failure(reason: "has more than ASCII within (?i:…)")
      }
      for value in range {
        let scalar = Unicode.Scalar(UInt8(value))
        guard scalar.properties.isAlphabetic else { continue }
        all.append(.range(value ^ 0x20...value ^ 0x20))
        if value | 0x20 == 0x73 { all.append(.range(0x17F...0x17F)) }
        if value | 0x20 == 0x6B { all.append(.range(0x212A...0x212A)) }
      }
    }
    return all
  }

  // MARK: Reading

  private func peek() -> Unicode.Scalar? { position < text.count ? text[position] : nil }

  /// Goes past `expected` if it is next.
  private mutating func take(_ expected: String) -> Bool {
    let scalars = expected.unicodeScalars
    guard text[position...].starts(with: scalars) else { return false }
    position += scalars.count
    return true
  }
}
