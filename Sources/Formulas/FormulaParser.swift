/// Reads the part of TeX's notation of mathematics that reports use.
///
/// Reference: the commands are LaTeX's and amsmath's, with their meanings.
public struct FormulaParser {
  /// Most Unicode scalars in one formula.
  public static let maximalLength = 20_000
  /// Deepest nesting of groups, scripts and environments.
  public static let maximalDepth = 60

  static let commandsWithArguments = [
    "begin", "end", "frac", "dfrac", "tfrac", "binom", "sqrt", "left", "right", "operatorname",
    "overset", "underset", "stackrel", "substack", "not", "bmod", "pmod", "mod", "phantom",
    "limits", "nolimits", "displaystyle", "textstyle", "middle",
  ]

  /// Names of all commands, for suggestions.
  public static var commandNames: [String] { FormulaSymbols.allNames }
  /// Names of all environments, for suggestions.
  public static var environmentNames: [String] { FormulaSymbols.environments.keys.sorted() }

  private var lexer: FormulaLexer
  private var token: FormulaLexer.Token
  private var range: Range<Int>
  private var depth = 0

  /// - Parameter text: a formula without the dollars around it.
  /// - Throws: what is wrong and where; never runs long, since length and depth are bounded.
  public static func parse(_ text: String) throws(FormulaError) -> Formula {
    let length = text.unicodeScalars.count
    guard length <= maximalLength else {
      throw FormulaError(
        message: "this formula has \(length) characters; \(maximalLength) are allowed", range: 0..<1
      )
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

  private mutating func advance() { (token, range) = lexer.next() }

  private func mistake(_ message: String, unknown: String? = nil) -> FormulaError {
    FormulaError(message: message, range: range, unknownName: unknown)
  }

  // MARK: - Rows

  /// Parts until a token at which `ends` holds, which is left in place.
  private mutating func row(
    until ends: (FormulaLexer.Token) -> Bool
  ) throws(FormulaError) -> Formula {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximalDepth else {
      throw mistake("this formula is nested deeper than \(Self.maximalDepth) levels")
    }
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

  /// One part with its scripts and primes.
  private mutating func scripted() throws(FormulaError) -> Formula {
    let base: Formula
    switch token {
    case .upper, .lower, .primes: base = .row([])
    default: base = try part()
    }
    var isLimits = base.takesLimits
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
  private mutating func argument(of name: String) throws(FormulaError) -> Formula {
    switch token {
    case .end, .close, .separator, .newRow, .upper, .lower, .primes:
      throw mistake("'\(name)' has nothing to apply to")
    // Without braces TeX takes one digit alone.
    default: return try part()
    }
  }

  // MARK: - Parts

  private mutating func part() throws(FormulaError) -> Formula {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximalDepth else {
      throw mistake("this formula is nested deeper than \(Self.maximalDepth) levels")
    }
    switch token {
    case .open: return try group()
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

  private mutating func group() throws(FormulaError) -> Formula {
    let opening = range
    advance()
    let content = try row { $0 == .close || $0 == .end }
    guard token == .close else {
      throw FormulaError(message: "this brace is never closed", range: opening)
    }
    advance()
    return content
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

  // MARK: - Commands

  private mutating func command(_ name: String) throws(FormulaError) -> Formula {
    if let plain = Self.plain(name) {
      advance()
      return plain
    }
    if let alphabet = FormulaSymbols.alphabets[name] {
      advance()
      return try argument(of: "\\" + name).inAlphabet(alphabet)
    }
    if let mark = FormulaSymbols.marks[name] {
      advance()
      let base = try argument(of: "\\" + name)
      return .mark(base, mark.text, isAbove: mark.isAbove, isWide: mark.isWide)
    }
    if FormulaSymbols.texts.contains(name) { return .text(try text(of: name)) }
    if let height = FormulaSymbols.sizes[name]
      ?? FormulaSymbols.sizes.first(where: { name == $0.key + "l" || name == $0.key + "r" })?.value
    {
      advance()
      return .symbol(.init(text: try delimiter(after: name), height: height, isStretchy: true))
    }
    return try structure(name)
  }

  /// A command without arguments.
  private static func plain(_ name: String) -> Formula? {
    if let letter = FormulaSymbols.letters[name] { return .identifier(letter, isUpright: false) }
    if let letter = FormulaSymbols.uprightLetters[name] {
      return .identifier(letter, isUpright: true)
    }
    if let text = FormulaSymbols.operators[name] { return .symbol(.init(text: text)) }
    if let text = FormulaSymbols.largeOperators[name] {
      return .symbol(.init(text: text, takesLimits: true))
    }
    if let text = FormulaSymbols.integrals[name] { return .symbol(.init(text: text)) }
    if FormulaSymbols.functions.contains(name) || FormulaSymbols.limitFunctions.contains(name) {
      let words = ["liminf": "lim inf", "limsup": "lim sup"]
      return .identifier(words[name] ?? name, isUpright: true)
    }
    if let width = FormulaSymbols.spaces[name] { return .space(width) }
    if let text = FormulaSymbols.delimiters[name] { return .symbol(.init(text: text)) }
    if name.count == 1, "%$#&_".contains(name) { return .symbol(.init(text: name)) }
    return nil
  }

  private mutating func structure(_ name: String) throws(FormulaError) -> Formula {
    let start = range
    switch name {
    case "frac", "dfrac", "tfrac", "binom":
      advance()
      let over = try argument(of: "\\" + name)
      let under = try argument(of: "\\" + name)
      let fraction = Formula.fraction(over: over, under: under, hasLine: name != "binom")
      switch name {
      case "binom": return .fenced(open: "(", fraction, close: ")")
      case "frac": return fraction
      default: return .style(fraction, isDisplay: name == "dfrac")
      }
    case "sqrt": return try root()
    case "operatorname":
      let word = try text(of: name)
      return .identifier(word, isUpright: true)
    case "overset", "stackrel", "underset":
      advance()
      let mark = try argument(of: "\\" + name)
      let base = try argument(of: "\\" + name)
      return .stack(
        base, above: name == "underset" ? nil : mark, below: name == "underset" ? mark : nil)
    case "phantom":
      advance()
      return .phantom(try argument(of: "\\phantom"))
    case "not":
      advance()
      guard case .symbol(var symbol) = try argument(of: "\\not") else {
        throw FormulaError(message: "'\\not' stands before a relation such as =", range: start)
      }
      // Canonical composition gives ≠ for = with the stroke over it.
      symbol.text += "\u{338}"
      return .symbol(symbol)
    case "bmod":
      advance()
      return .row([.space(0.22), .identifier("mod", isUpright: true), .space(0.22)])
    case "pmod", "mod":
      advance()
      let modulus = try argument(of: "\\" + name)
      let content = Formula.row([.identifier("mod", isUpright: true), .space(0.3), modulus])
      return .row([
        .space(0.8), name == "mod" ? content : .fenced(open: "(", content, close: ")"),
      ])
    case "left": return try fence()
    case "begin": return try environment()
    case "substack":
      advance()
      guard token == .open else { throw mistake("'\\substack' needs its rows in braces") }
      let opening = range
      advance()
      let rows = try rows { $0 == .close || $0 == .end }
      guard token == .close else {
        throw FormulaError(message: "this brace is never closed", range: opening)
      }
      advance()
      return .table(.init(rows: rows, alignments: [.center], isDisplay: false))
    case "right", "middle": throw mistake("'\\\(name)' has no '\\left' before it")
    case "end": throw mistake("'\\end' has no '\\begin' before it")
    case "limits", "nolimits": throw mistake("'\\\(name)' stands after an operator such as \\sum")
    case "": throw mistake("a backslash with nothing after it")
    default: throw mistake("unknown command '\\\(name)' in a formula", unknown: name)
    }
  }

  /// Words in braces after the command `name`.
  private mutating func text(of name: String) throws(FormulaError) -> String {
    advance()
    if name == "operatorname", token == .symbolStar { advance() }
    guard token == .open else { throw mistake("'\\\(name)' needs its words in braces") }
    let opening = range
    guard let text = lexer.textUntilClose() else {
      throw FormulaError(message: "this brace is never closed", range: opening)
    }
    advance()
    return text
  }

  private mutating func root() throws(FormulaError) -> Formula {
    advance()
    var index: Formula?
    if token == .character("[") {
      let opening = range
      advance()
      index = try row { $0 == .character("]") || $0 == .end }
      guard token == .character("]") else {
        throw FormulaError(message: "this bracket is never closed", range: opening)
      }
      advance()
    }
    return .root(try argument(of: "\\sqrt"), index: index)
  }

  /// The delimiter after `\left`, `\big` or the like; empty for the full stop, which draws none.
  private mutating func delimiter(after name: String) throws(FormulaError) -> String {
    let text: String
    switch token {
    case .character("."): text = ""
    case .character("<"): text = "⟨"
    case .character(">"): text = "⟩"
    case .character(let scalar) where "()[]|/".unicodeScalars.contains(scalar):
      text = String(scalar)
    case .command(let name):
      guard
        let found = FormulaSymbols.delimiters[name]
          ?? (name.hasSuffix("arrow") ? FormulaSymbols.operators[name] : nil)
      else { throw mistake("'\\\(name)' is no delimiter") }
      text = found
    default: throw mistake("'\\\(name)' needs a delimiter such as ( or |")
    }
    advance()
    return text
  }

  private mutating func fence() throws(FormulaError) -> Formula {
    let start = range
    advance()
    let open = try delimiter(after: "left")
    var parts: [Formula] = []
    while true {
      parts.append(
        try row { $0 == .command("right") || $0 == .command("middle") || $0 == .end })
      guard token == .command("middle") else { break }
      advance()
      parts.append(
        .symbol(.init(text: try delimiter(after: "middle"), isStretchy: true)))
    }
    guard token == .command("right") else {
      throw FormulaError(message: "'\\left' has no '\\right' after it", range: start)
    }
    advance()
    let close = try delimiter(after: "right")
    return .fenced(open: open, parts.count == 1 ? parts[0] : .row(parts), close: close)
  }

  // MARK: - Environments

  private mutating func environment() throws(FormulaError) -> Formula {
    let start = range
    let name = try text(of: "begin")
    guard let environment = FormulaSymbols.environments[name] else {
      throw FormulaError(
        message: "unknown environment '\(name)' in a formula", range: start, unknownName: name)
    }
    let rows = try rows { $0 == .command("end") || $0 == .end }
    let end = range
    guard token == .command("end") else {
      throw FormulaError(message: "'\\begin{\(name)}' has no '\\end{\(name)}'", range: start)
    }
    let closing = try text(of: "end")
    guard closing == name else {
      throw FormulaError(
        message: "'\\begin{\(name)}' ends with '\\end{\(closing)}'", range: end)
    }
    let table = Formula.table(
      .init(rows: rows, alignments: environment.alignments, isDisplay: environment.isDisplay))
    guard !environment.open.isEmpty || !environment.close.isEmpty else { return table }
    return .fenced(open: environment.open, table, close: environment.close)
  }

  private mutating func rows(
    until ends: (FormulaLexer.Token) -> Bool
  ) throws(FormulaError) -> [[Formula]] {
    var rows: [[Formula]] = [[]]
    while true {
      let cell = try row { $0 == .separator || $0 == .newRow || ends($0) }
      rows[rows.count - 1].append(cell)
      if token == .separator {
        advance()
      } else if token == .newRow {
        advance()
        rows.append([])
      } else {
        break
      }
    }
    // A row's end after the last row begins no other.
    if rows.count > 1, rows.last == [.row([])] { rows.removeLast() }
    return rows
  }
}

extension FormulaLexer.Token {
  fileprivate static let symbolStar = Self.character("*")
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

  /// The same with its letters and digits in `alphabet`.
  func inAlphabet(_ alphabet: MathAlphabet) -> Formula {
    func changed(_ text: String) -> String {
      String(String.UnicodeScalarView(text.unicodeScalars.map(alphabet.letter)))
    }
    switch self {
    case .identifier(let text, let isUpright):
      return .identifier(
        changed(text), isUpright: alphabet == .italic ? false : alphabet == .upright || isUpright)
    case .number(let text): return .number(changed(text))
    case .row(let parts):
      // Letters side by side in an upright alphabet are one word.
      let words = parts.compactMap { part in
        if case .identifier(let text, _) = part { text } else { nil }
      }
      if alphabet != .italic, words.count == parts.count, !words.isEmpty {
        return .identifier(changed(words.joined()), isUpright: true)
      }
      return .row(parts.map { $0.inAlphabet(alphabet) })
    case .scripts(let base, let lower, let upper, let isLimits):
      return .scripts(
        base.inAlphabet(alphabet), lower: lower?.inAlphabet(alphabet),
        upper: upper?.inAlphabet(alphabet), isLimits: isLimits)
    default: return self
    }
  }
}
