import InputLimits

/// Reads the part of TeX's notation of mathematics that reports use.
///
/// Reference: the commands are LaTeX's and amsmath's, with their meanings.
public struct FormulaParser {
  /// Names of all commands, for suggestions.
  public static var commandNames: [String] { FormulaSymbols.allNames }
  /// Names of all environments, for suggestions.
  public static var environmentNames: [String] { FormulaSymbols.environments.keys.sorted() }

  var lexer: FormulaLexer
  /// The token that is read next, and where it stands.
  private(set) var token: FormulaLexer.Token
  private(set) var range: Range<Int>
  private var depth = 0
  private let deepest = Limit.formulaDepth.value
  /// Whether the name of an operator that was just read has a star, which asks for limits.
  var isStarred = false

  /// - Parameter text: a formula without the dollars around it.
  /// - Throws: what is wrong and where; never runs long, since length and depth are bounded.
  public static func parse(_ text: String) throws(FormulaError) -> Formula {
    let length = text.unicodeScalars.count
    guard length <= Limit.formulaLength.value else {
      throw FormulaError(
        message: "this formula has \(length) characters; \(Limit.formulaLength.value) are allowed "
          + "(\(Limit.formulaLength.cure))", range: 0..<1)
    }
    var parser = Self(text)
    return try parser.row { $0 == .end }
  }

  /// Why a formula cannot be read; nil if it can.
  public static func problem(in text: String) -> FormulaError? {
    do throws(FormulaError) {
      _ = try parse(text)
      return nil
    } catch {
      return error
    }
  }

  private init(_ text: String) {
    lexer = FormulaLexer(text)
    (token, range) = lexer.next()
  }

  mutating func advance() { (token, range) = lexer.next() }

  func mistake(_ message: String, unknown: String? = nil) -> FormulaError {
    FormulaError(message: message, range: range, unknownName: unknown)
  }

  // MARK: - Rows

  /// One level deeper; whoever calls it comes up again.
  private mutating func descend() throws(FormulaError) {
    depth += 1
    guard depth <= deepest else {
      throw mistake(
        "this formula is nested deeper than \(deepest) levels (\(Limit.formulaDepth.cure))")
    }
  }

  /// Parts until a token at which `ends` holds, which is left in place.
  mutating func row(
    until ends: (FormulaLexer.Token) -> Bool
  ) throws(FormulaError) -> Formula {
    try descend()
    defer { depth -= 1 }
    var parts: [Formula] = []
    while !ends(token) {
      if token == .command("displaystyle") || token == .command("textstyle") {
        let isDisplay = token == .command("displaystyle")
        advance()
        parts.append(.style(try row(until: ends), isDisplay: isDisplay))
        break
      }
      parts.append(try scripted())
    }
    return parts.count == 1 ? parts[0] : .row(parts)
  }

  /// What `read` reads from behind the token here up to `closing`, which is passed.
  ///
  /// - Parameter name: of what opens and closes it, for the mistake that nothing does.
  mutating func enclosed<Content>(
    by closing: FormulaLexer.Token, _ name: String,
    _ read: (inout Self, (FormulaLexer.Token) -> Bool) throws(FormulaError) -> Content
  ) throws(FormulaError) -> Content {
    let opening = range
    advance()
    let content = try read(&self) { $0 == closing || $0 == .end }
    guard token == closing else {
      throw FormulaError(message: "this \(name) is never closed", range: opening)
    }
    advance()
    return content
  }

  /// One part with its scripts and primes.
  private mutating func scripted() throws(FormulaError) -> Formula {
    let base: Formula
    switch token {
    case .upper, .lower, .primes: base = .row([])
    default: base = try part()
    }
    var isLimits = base.takesLimits
    if case .identifier(_, true) = base, isStarred { isLimits = true }
    isStarred = false
    if token == .command("limits") || token == .command("nolimits") {
      isLimits = token == .command("limits")
      advance()
    }
    var lower: Formula?
    var upper: Formula?
    while true {
      switch token {
      case .lower:
        guard lower == nil else { throw mistake("a second subscript: put the first in braces") }
        advance()
        lower = try argument(of: "_")
      case .upper:
        guard upper == nil else { throw mistake("a second superscript: put the first in braces") }
        advance()
        upper = try argument(of: "^")
      case .primes(let count):
        guard upper == nil else { throw mistake("a prime after a superscript: write it first") }
        advance()
        let primes = Formula.symbol(.init(text: String(repeating: "′", count: count)))
        guard token == .upper else {
          upper = primes
          continue
        }
        advance()
        upper = .row([primes, try argument(of: "^")])
      default:
        if lower == nil, upper == nil { return base }
        return .scripts(base, lower: lower, upper: upper, isLimits: isLimits)
      }
    }
  }

  /// What a command or script applies to: one part, or a group in braces.
  mutating func argument(of name: String) throws(FormulaError) -> Formula {
    switch token {
    case .end, .close, .separator, .newRow, .upper, .lower, .primes:
      throw mistake("'\(name)' has nothing to apply to")
    // Without braces TeX takes one digit alone.
    default: return try part()
    }
  }

  // MARK: - Parts

  private mutating func part() throws(FormulaError) -> Formula {
    try descend()
    defer { depth -= 1 }
    switch token {
    case .open:
      return try enclosed(by: .close, "brace") { parser, ends throws(FormulaError) in
        try parser.row(until: ends)
      }
    case .number(let text):
      advance()
      return .number(text)
    case .value(let number):
      advance()
      return .value(number)
    case .character(let scalar):
      advance()
      return Self.character(scalar)
    case .command(let name): return try command(name)
    case .close: throw mistake("this brace closes nothing")
    case .separator: throw mistake("'&' separates cells only within an environment such as matrix")
    case .newRow: throw mistake("'\\\\' ends a row only within an environment such as aligned")
    case .end: throw mistake("the formula ends where more is needed")
    case .upper, .lower, .primes: throw mistake("a script without a base")
    }
  }

  private static func character(_ scalar: Unicode.Scalar) -> Formula {
    let text = String(scalar)
    switch scalar {
    case "-": return .symbol(.init(text: "−"))
    case "*": return .symbol(.init(text: "∗"))
    case "~": return .space(0.25)
    default:
      return scalar.properties.isAlphabetic
        ? .identifier(text, isUpright: false) : .symbol(.init(text: text))
    }
  }
}

extension Formula {
  /// Whether scripts stand above and below it on a line of its own.
  fileprivate var takesLimits: Bool {
    switch self {
    case .symbol(let symbol): symbol.takesLimits
    case .identifier(let name, true):
      FormulaSymbols.limitFunctions.contains(name.replacing(" ", with: ""))
        || name.hasPrefix("arg ") || name.hasPrefix("arg\u{2009}")
    case .mark(_, let text, _, _): text == "⏞" || text == "⏟"
    default: false
    }
  }
}
