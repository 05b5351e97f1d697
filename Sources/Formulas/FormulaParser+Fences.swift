/// Delimiters that grow with what they hold, or have a size of the author's choice.
extension FormulaParser {
  /// The delimiter after `\left`, `\big` or the like; empty for the full stop, which draws none.
  mutating func delimiter(after name: String) throws(FormulaError) -> String {
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

  /// `\left … \middle … \right`.
  mutating func fence() throws(FormulaError) -> Formula {
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
}
