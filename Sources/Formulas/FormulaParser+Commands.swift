/// What begins with a backslash.
extension FormulaParser {
  mutating func command(_ name: String) throws(FormulaError) -> Formula {
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

  /// What LaTeX numbers and names equations with.
  private static let numbering: Set<String> = [
    "tag", "notag", "nonumber", "label", "ref", "eqref",
  ]

  private mutating func structure(_ name: String) throws(FormulaError) -> Formula {
    if Self.numbering.contains(name) {
      throw mistake("'\\\(name)' is not known: equations are not numbered")
    }
    guard let command = FormulaCommand(rawValue: name) else {
      throw name.isEmpty
        ? mistake("a backslash with nothing after it")
        : mistake("unknown command '\\\(name)' in a formula", unknown: name)
    }
    switch command {
    case .frac: return try fraction(name)
    case .dfrac: return .style(try fraction(name), isDisplay: true)
    case .tfrac: return .style(try fraction(name), isDisplay: false)
    case .binom: return .fenced(open: "(", try fraction(name, hasLine: false), close: ")")
    case .sqrt: return try root()
    case .overset, .stackrel:
      let (mark, base) = try twoArguments(of: name)
      return .stack(base, above: mark, below: nil)
    case .underset:
      let (mark, base) = try twoArguments(of: name)
      return .stack(base, above: nil, below: mark)
    case .phantom:
      advance()
      return .phantom(try argument(of: "\\phantom"))
    case .not: return try negation()
    case .bmod:
      advance()
      return .row([.space(0.22), .identifier("mod", isUpright: true), .space(0.22)])
    case .mod: return .row([.space(0.8), try modulus(name)])
    case .pmod: return .row([.space(0.8), .fenced(open: "(", try modulus(name), close: ")")])
    case .operatorname: return try operatorName()
    case .left: return try fence()
    case .begin: return try environment()
    case .substack: return try substack()
    case .right, .middle: throw mistake("'\\\(name)' has no '\\left' before it")
    case .end: throw mistake("'\\end' has no '\\begin' before it")
    case .limits, .nolimits:
      throw mistake("'\\\(name)' stands after an operator such as \\sum")
    case .displaystyle, .textstyle:
      throw mistake("'\\\(name)' is for all that follows: put it in braces with that")
    }
  }

  private mutating func twoArguments(
    of name: String
  ) throws(FormulaError) -> (first: Formula, second: Formula) {
    advance()
    let first = try argument(of: "\\" + name)
    return (first, try argument(of: "\\" + name))
  }

  private mutating func fraction(
    _ name: String, hasLine: Bool = true
  ) throws(FormulaError) -> Formula {
    let (over, under) = try twoArguments(of: name)
    return .fraction(over: over, under: under, hasLine: hasLine)
  }

  private mutating func negation() throws(FormulaError) -> Formula {
    let start = range
    advance()
    guard case .symbol(var symbol) = try argument(of: "\\not") else {
      throw FormulaError(message: "'\\not' stands before a relation such as =", range: start)
    }
    // Canonical composition gives ≠ for = with the stroke over it.
    symbol.text += "\u{338}"
    return .symbol(symbol)
  }

  private mutating func modulus(_ name: String) throws(FormulaError) -> Formula {
    advance()
    let modulus = try argument(of: "\\" + name)
    return .row([.identifier("mod", isUpright: true), .space(0.3), modulus])
  }

  /// Words in braces after the command `name`.
  mutating func text(of name: String) throws(FormulaError) -> String {
    advance()
    return try words(of: name)
  }

  /// `\operatorname{…}`, or `\operatorname*{…}`, whose scripts are limits.
  private mutating func operatorName() throws(FormulaError) -> Formula {
    advance()
    let hasStar = token == .character("*")
    if hasStar { advance() }
    let operatorName = Formula.identifier(try words(of: "operatorname"), isUpright: true)
    isStarred = hasStar
    return operatorName
  }

  private mutating func words(of name: String) throws(FormulaError) -> String {
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
      index = try enclosed(by: .character("]"), "bracket") { parser, ends throws(FormulaError) in
        try parser.row(until: ends)
      }
    }
    return .root(try argument(of: "\\sqrt"), index: index)
  }
}
