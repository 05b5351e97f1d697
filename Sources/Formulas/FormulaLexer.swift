/// Cuts a formula into tokens.
struct FormulaLexer {
  enum Token: Hashable {
    /// A command without its backslash: letters, or one other character.
    case command(String)
    case character(Unicode.Scalar)
    case number(String)
    case open, close, upper, lower, separator, newRow
    case primes(Int)
    /// A token that keeps the place of a computed value: `U+E000`, digits, `U+E001`.
    case value(Int)
    case end
  }

  private let scalars: [Unicode.Scalar]
  private(set) var position = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// The next token and where it stands, white space and comments before it skipped.
  mutating func next() -> (token: Token, range: Range<Int>) {
    skipSpace()
    let start = position
    let token = read()
    return (token, start..<position)
  }

  /// The text up to the brace that closes the one just read, as it is; nil if none does.
  mutating func textUntilClose() -> String? {
    var depth = 1
    var text = String.UnicodeScalarView()
    while position < scalars.count {
      let scalar = scalars[position]
      position += 1
      switch scalar {
      case "\\" where position < scalars.count:
        // `\,` and the like are spaces; `\%` and the like stand for the character itself.
        let escaped = scalars[position]
        if let space = Self.spaces[escaped] {
          text.append(contentsOf: space.unicodeScalars)
        } else {
          text.append(escaped)
        }
        position += 1
        continue
      case "{": depth += 1
      case "}": depth -= 1
      case "~":
        text.append("\u{A0}")
        continue
      default: break
      }
      if depth == 0 { return String(text) }
      text.append(scalar)
    }
    return nil
  }

  private static let spaces: [Unicode.Scalar: String] = [
    ",": "\u{2009}", ":": "\u{205F}", ";": "\u{2004}", "!": "",
  ]

  private mutating func skipSpace() {
    while position < scalars.count, scalars[position].properties.isWhitespace { position += 1 }
  }

  private mutating func read() -> Token {
    guard position < scalars.count else { return .end }
    let scalar = scalars[position]
    position += 1
    switch scalar {
    case "{": return .open
    case "}": return .close
    case "^": return .upper
    case "_": return .lower
    case "&": return .separator
    case "'": return .primes(1 + takeWhile { $0 == "'" }.count)
    case "\\": return command()
    case "0"..."9":
      var digits = String(scalar) + takeWhile { ("0"..."9").contains($0) }
      while let separator = separatorLength() {
        digits += String(String.UnicodeScalarView(scalars[position..<position + separator]))
        position += separator
        digits += takeWhile { ("0"..."9").contains($0) }
      }
      return .number(digits)
    case "\u{E000}":
      let digits = takeWhile { ("0"..."9").contains($0) }
      guard let number = Int(digits), position < scalars.count, scalars[position] == "\u{E001}"
      else { return .character("\u{FFFD}") }
      position += 1
      return .value(number)
    default: return .character(scalar)
    }
  }

  /// Length of a decimal point, or of a comma before a group of three digits, that belongs to the
  /// number read so far; nil if the number ends here.
  private func separatorLength() -> Int? {
    guard position + 1 < scalars.count else { return nil }
    let following = scalars[(position + 1)...].prefix(4).prefix { ("0"..."9").contains($0) }.count
    switch scalars[position] {
    case ".": return following > 0 ? 1 : nil
    case ",": return following == 3 ? 1 : nil
    default: return nil
    }
  }

  private mutating func command() -> Token {
    guard position < scalars.count else { return .command("") }
    let name = takeWhile { ("a"..."z").contains($0) || ("A"..."Z").contains($0) }
    if !name.isEmpty { return .command(name) }
    let scalar = scalars[position]
    position += 1
    if scalar == "\\" { return .newRow }
    return .command(scalar.properties.isWhitespace ? " " : String(scalar))
  }

  private mutating func takeWhile(_ belongs: (Unicode.Scalar) -> Bool) -> String {
    let start = position
    while position < scalars.count, belongs(scalars[position]) { position += 1 }
    return String(String.UnicodeScalarView(scalars[start..<position]))
  }
}
