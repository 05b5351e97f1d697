import NotebookLanguage

/// Expressions once more, by the shortest way that is surely right: a text is cut at its loosest operator,
/// and so on with the two halves. It shares no code with the parser and the evaluator.
struct ReferenceExpression {
  struct Refusal: Error {}

  enum Outcome {
    case number(Double, Unit)
    case text(String)
    case bool(Bool)
    case record(Record)
    case displayed

    func isEqual(to value: Value) -> Bool {
      switch (self, value) {
      case (.number(let a, let unit), .number(let b)):
        (a == b.value || a.isNaN && b.value.isNaN) && unit == b.unit
      case (.text(let a), .text(let b)): a == b
      case (.bool(let a), .bool(let b)): a == b
      case (.record(let a), .record(let b)): a == b
      case (.displayed, .displayed): true
      default: false
      }
    }
  }

  /// The names that there are, for both.
  static let scope = ExpressionScope([
    "a": .number(3), "b": .number(-0.5), "zero": .number(0), "big": .number(1e300),
    "endless": .number(.infinity), "none": .number(.nan), "ms": .number(20, .milliseconds),
    "size": .bytes(4096), "word": .text("word"), "yes": .bool(true),
    "nf4": .record(
      Record(
        [
          "bytes": .bytes(512), "name": .text("nf4"),
          "64": .record(Record(["x": .number(7)], principal: "x")), "nf4-b": .number(8),
        ], principal: "bytes")),
    "bare": .record(Record(["x": .number(1)])),
  ])

  // MARK: - Words

  private enum Word: Equatable {
    case number(Double)
    case text(String)
    case name(String)
    case symbol(String)
  }

  private var words: [Word] = []
  /// Whether nothing stands between a word and the one before.
  private var isBeside: [Bool] = []

  init(_ bytes: [UInt8]) throws(Refusal) {
    var rest = bytes[...]
    var wasBlank = true
    func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }
    func isLetter(_ byte: UInt8) -> Bool {
      0x41...0x5A ~= byte || 0x61...0x7A ~= byte || byte == UInt8(ascii: "_")
    }
    while let first = rest.first {
      if [0x20, 0x09, 0x0A, 0x0D].contains(first) {
        rest = rest.dropFirst()
        wasBlank = true
        continue
      }
      var taken: ArraySlice<UInt8>
      if isDigit(first) || first == UInt8(ascii: ".") && rest.dropFirst().first.map(isDigit) == true
      {
        taken = rest.prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
        let after = rest.dropFirst(taken.count)
        if after.first == UInt8(ascii: "e") || after.first == UInt8(ascii: "E") {
          let sign = after.dropFirst().first.map { $0 == 0x2B || $0 == 0x2D } == true ? 1 : 0
          let digits = after.dropFirst(1 + sign).prefix(while: isDigit)
          if !digits.isEmpty { taken = rest.prefix(taken.count + 1 + sign + digits.count) }
        }
        guard let number = Double(String(decoding: taken, as: UTF8.self)) else { throw Refusal() }
        words.append(.number(number))
      } else if isLetter(first) {
        taken = rest.prefix { isLetter($0) || isDigit($0) }
        words.append(.name(String(decoding: taken, as: UTF8.self)))
      } else if first == 0x22 || first == 0x27 {
        guard let end = rest.dropFirst().firstIndex(of: first) else { throw Refusal() }
        taken = rest[...end]
        words.append(.text(String(decoding: taken.dropFirst().dropLast(), as: UTF8.self)))
      } else {
        let two = String(decoding: rest.prefix(2), as: UTF8.self)
        let one = String(decoding: rest.prefix(1), as: UTF8.self)
        let known = ["==", "!=", "<=", ">="].contains(two) ? two : one
        guard "<>+-*/()[],.|==!=<=>=".contains(known), !["=", "!"].contains(known) else {
          throw Refusal()
        }
        taken = rest.prefix(known.utf8.count)
        words.append(.symbol(known))
      }
      isBeside.append(!wasBlank)
      wasBlank = false
      rest = rest.dropFirst(taken.count)
    }
  }

  // MARK: - Reading

  private indirect enum Tree {
    case outcome(Outcome)
    case path([String])
    case negated(Tree)
    case not(Tree)
    case operation(String, Tree, Tree)
    case choice(Tree, if: Tree, else: Tree)
    case filter(String, [Tree], Tree)
  }

  func value() throws(Refusal) -> Outcome { try evaluate(try filtered(0..<words.count)) }

  /// Places in `range` outside of all parentheses and brackets, where a word is one of `operators` and
  /// stands for itself: not as the name of a field.
  private func places(of operators: Set<String>, in range: Range<Int>) throws(Refusal) -> [Int] {
    var open: [String] = []
    var places: [Int] = []
    for place in range {
      switch words[place] {
      case .symbol(let symbol) where symbol == "(" || symbol == "[": open.append(symbol)
      case .symbol(let symbol) where symbol == ")" || symbol == "]":
        guard open.popLast() == (symbol == ")" ? "(" : "[") else { throw Refusal() }
      case .symbol(let word) where open.isEmpty && operators.contains(word): places.append(place)
      case .name(let word) where open.isEmpty && operators.contains(word):
        if place > range.lowerBound, words[place - 1] == .symbol(".") { continue }
        places.append(place)
      default: break
      }
    }
    guard open.isEmpty else { throw Refusal() }
    return places
  }

  private func filtered(_ range: Range<Int>) throws(Refusal) -> Tree {
    guard let pipe = try places(of: ["|"], in: range).last else { return try choice(range) }
    let input = try filtered(range.lowerBound..<pipe)
    guard pipe + 1 < range.upperBound, case .name(let name) = words[pipe + 1] else {
      throw Refusal()
    }
    let rest = pipe + 2..<range.upperBound
    if rest.isEmpty { return .filter(name, [], input) }
    guard words[rest.lowerBound] == .symbol("("), words[rest.upperBound - 1] == .symbol(")"),
      rest.count > 1
    else { throw Refusal() }
    let inner = rest.dropFirst().dropLast()
    if inner.isEmpty { return .filter(name, [], input) }
    var arguments: [Tree] = []
    var start = inner.lowerBound
    for comma in try places(of: [","], in: inner) + [inner.upperBound] {
      arguments.append(try filtered(start..<comma))
      start = comma + 1
    }
    return .filter(name, arguments, input)
  }

  private func choice(_ range: Range<Int>) throws(Refusal) -> Tree {
    guard let first = try places(of: ["if"], in: range).first else {
      return try binary(range, level: 0)
    }
    guard let other = try places(of: ["else"], in: first + 1..<range.upperBound).first else {
      throw Refusal()
    }
    return .choice(
      try binary(range.lowerBound..<first, level: 0),
      if: try binary(first + 1..<other, level: 0), else: try choice(other + 1..<range.upperBound))
  }

  private static let levels: [Set<String>] = [
    ["or"], ["and"], ["not"], ["==", "!=", "<", "<=", ">", ">="], ["+", "-"], ["*", "/"],
  ]

  private func binary(_ range: Range<Int>, level: Int) throws(Refusal) -> Tree {
    guard level < Self.levels.count else { return try signed(range) }
    if level == 2 {
      guard range.first.map({ words[$0] == .name("not") }) == true else {
        return try binary(range, level: 3)
      }
      return .not(try binary(range.dropFirst(), level: 2))
    }
    let all = try places(of: Self.levels[level], in: range).filter {
      words[$0] != .symbol("-") || endsOperand($0 - 1, in: range)
    }
    guard let last = all.last else { return try binary(range, level: level + 1) }
    guard level != 3 || all.count == 1 else { throw Refusal() }
    let name: String
    switch words[last] {
    case .name(let word), .symbol(let word): name = word
    default: throw Refusal()
    }
    return .operation(
      name, try binary(range.lowerBound..<last, level: level == 3 ? 4 : level),
      try binary(last + 1..<range.upperBound, level: level + 1))
  }

  /// Whether a minus after this word takes one value from another.
  private func endsOperand(_ place: Int, in range: Range<Int>) -> Bool {
    guard range.contains(place) else { return false }
    if case .symbol(let symbol) = words[place] { return symbol == ")" || symbol == "]" }
    return true
  }

  private func signed(_ range: Range<Int>) throws(Refusal) -> Tree {
    guard range.first.map({ words[$0] == .symbol("-") }) == true else { return try single(range) }
    return .negated(try single(range.dropFirst()))
  }

  private func single(_ range: Range<Int>) throws(Refusal) -> Tree {
    guard let first = range.first else { throw Refusal() }
    switch words[first] {
    case .number(let number) where range.count == 1: return .outcome(.number(number, .none))
    case .text(let text) where range.count == 1: return .outcome(.text(text))
    case .name("true") where range.count == 1: return .outcome(.bool(true))
    case .name("false") where range.count == 1: return .outcome(.bool(false))
    case .symbol("("):
      guard range.count > 1, words[range.upperBound - 1] == .symbol(")") else { throw Refusal() }
      let inner = range.dropFirst().dropLast()
      _ = try places(of: [], in: inner)
      return try filtered(inner)
    case .name(let name)
    where !["true", "false", "and", "or", "not", "if", "else"].contains(name):
      return .path(try path(range))
    default: throw Refusal()
    }
  }

  private func path(_ range: Range<Int>) throws(Refusal) -> [String] {
    var names: [String] = []
    var place = range.lowerBound
    var wantsName = true
    while place < range.upperBound {
      switch words[place] {
      case .name(let name) where wantsName:
        names.append(name)
        wantsName = false
        place += 1
      case .symbol(".") where !wantsName:
        wantsName = true
        place += 1
      case .symbol("[") where !wantsName:
        guard let end = (place..<range.upperBound).first(where: { words[$0] == .symbol("]") })
        else {
          throw Refusal()
        }
        var start = place + 1
        for comma in (start..<end).filter({ words[$0] == .symbol(",") }) + [end] {
          names.append(try address(start..<comma))
          start = comma + 1
        }
        place = end + 1
      default: throw Refusal()
      }
    }
    guard !wantsName else { throw Refusal() }
    return names
  }

  private func address(_ range: Range<Int>) throws(Refusal) -> String {
    var range = range
    var isNegative = false
    if let first = range.first, words[first] == .symbol("-") {
      isNegative = true
      range = range.dropFirst()
    }
    guard let first = range.first else { throw Refusal() }
    switch words[first] {
    case .number(let number) where range.count == 1:
      // Whole numbers are written whole.
      return FieldPath.address("\(isNegative ? -number : number)")
    case .text(let text) where range.count == 1 && !isNegative: return text
    case .name where !isNegative && range.count % 2 == 1:
      var name = ""
      for (offset, place) in range.enumerated() {
        guard offset == 0 || isBeside[place] else { throw Refusal() }
        switch words[place] {
        case .name(let part) where offset % 2 == 0: name += part
        case .symbol("-") where offset % 2 == 1: name += "-"
        default: throw Refusal()
        }
      }
      return name
    default: throw Refusal()
    }
  }

  // MARK: - Evaluating

  private func evaluate(_ tree: Tree) throws(Refusal) -> Outcome {
    switch tree {
    case .outcome(let outcome): return outcome
    case .path(let names): return try resolve(names)
    case .negated(let inner):
      let (value, unit) = try number(inner)
      return .number(-value, unit)
    case .not(let inner): return .bool(try !bool(inner))
    case .choice(let then, let condition, let otherwise):
      return try evaluate(try bool(condition) ? then : otherwise)
    case .operation("and", let a, let b): return .bool(try bool(a) ? try bool(b) : false)
    case .operation("or", let a, let b): return .bool(try bool(a) ? true : try bool(b))
    case .operation(let name, let a, let b):
      return try operate(name, try evaluate(a), try evaluate(b))
    case .filter(let name, let arguments, let input):
      let value = try evaluate(input)
      let most = ["verdict": 3][name] ?? 1
      guard Filter.all.contains(where: { $0.name == name }), arguments.count <= most else {
        throw Refusal()
      }
      if name == "verdict" {
        for argument in arguments {
          guard case .text = try evaluate(argument) else { throw Refusal() }
        }
        // Nothing here has an error, so that only what is infinite can be judged.
        guard try number(value).value.isInfinite else { throw Refusal() }
        return .displayed
      }
      _ = try number(value)
      if let digits = arguments.first {
        guard (0...15).map(Double.init).contains(try number(digits).value) else { throw Refusal() }
      }
      return .displayed
    }
  }

  private func resolve(_ names: [String]) throws(Refusal) -> Outcome {
    guard let first = names.first, var value = Self.scope.values[first] else { throw Refusal() }
    for name in names.dropFirst() {
      guard case .record(let record) = value, let next = record[name] else { throw Refusal() }
      value = next
    }
    switch value {
    case .number(let number): return .number(number.value, number.unit)
    case .text(let text): return .text(text)
    case .bool(let bool): return .bool(bool)
    case .record(let record): return .record(record)
    case .list, .displayed: throw Refusal()
    }
  }

  private func operate(_ name: String, _ a: Outcome, _ b: Outcome) throws(Refusal) -> Outcome {
    switch (name, a, b) {
    case ("+", .text(let a), .text(let b)): return .text(a + b)
    case ("==", .text(let a), .text(let b)): return .bool(a == b)
    case ("==", .bool(let a), .bool(let b)): return .bool(a == b)
    case ("!=", .text(let a), .text(let b)): return .bool(a != b)
    case ("!=", .bool(let a), .bool(let b)): return .bool(a != b)
    default: break
    }
    let (x, xUnit) = try number(a)
    let (y, yUnit) = try number(b)
    switch name {
    case "==": return .bool(x == y)
    case "!=": return .bool(!(x == y))
    case "<": return .bool(x < y)
    case "<=": return .bool(x <= y)
    case ">": return .bool(x > y)
    case ">=": return .bool(x >= y)
    default: break
    }
    // A unit goes with a plain number; two units go together in sums of one kind and in shares.
    let isPlain = xUnit == .none || yUnit == .none
    let unit = xUnit == .none ? yUnit : xUnit
    switch name {
    case "+" where isPlain || xUnit == yUnit: return .number(x + y, unit)
    case "-" where isPlain || xUnit == yUnit: return .number(x - y, unit)
    case "*" where isPlain: return .number(x * y, unit)
    case "/" where yUnit == .none: return .number(x / y, xUnit)
    case "/" where xUnit == yUnit: return .number(x / y, .none)
    default: throw Refusal()
    }
  }

  private func bool(_ tree: Tree) throws(Refusal) -> Bool {
    guard case .bool(let bool) = try evaluate(tree) else { throw Refusal() }
    return bool
  }

  private func number(_ tree: Tree) throws(Refusal) -> (value: Double, unit: Unit) {
    try number(try evaluate(tree))
  }

  private func number(_ outcome: Outcome) throws(Refusal) -> (value: Double, unit: Unit) {
    switch outcome {
    case .number(let value, let unit): return (value, unit)
    case .record(let record):
      guard let number = record.principalValue?.asNumber else { throw Refusal() }
      return (number.value, number.unit)
    case .text, .bool, .displayed: throw Refusal()
    }
  }
}
