import Formulas
import Markdown

/// Words in TeX's notation, as bibliographies have them, made plain: braces go, accents are composed,
/// hyphens become dashes; formulas stay as they are, between their dollars.
enum TeXText {
  static func plain(_ text: String) -> String {
    var result = ""
    var rest = Substring(text)
    while let character = rest.popFirst() {
      switch character {
      case "{", "}": continue
      case "$":
        let formula = formula(at: rest)
        result += formula.map { "$\($0)$" } ?? "$"
        if let formula { rest = rest.dropFirst(formula.count + 1) }
      case "-":
        let count = rest.prefix(2).prefix { $0 == "-" }.count
        rest = rest.dropFirst(count)
        result += ["-", "–", "—"][count]
      case "~": result += "\u{A0}"
      case "\\": result += command(&rest)
      default:
        if character.isWhitespace {
          if result.last != " " { result += " " }
        } else {
          result.append(character)
        }
      }
    }
    return result.trimmingSpace
  }

  /// A text with its formulas as such.
  static func inlines(_ text: String) -> [Inline] {
    var inlines: [Inline] = []
    var pending = ""
    var rest = Substring(text)
    while let character = rest.popFirst() {
      guard character == "$", let formula = formula(at: rest) else {
        pending.append(character)
        continue
      }
      if !pending.isEmpty { inlines.append(.text(pending)) }
      pending = ""
      inlines.append(.formula(source: String(formula), isDisplay: false))
      rest = rest.dropFirst(formula.count + 1)
    }
    if !pending.isEmpty { inlines.append(.text(pending)) }
    return inlines
  }

  /// Longest formula in a title, in characters.
  private static let longestFormula = 500

  /// The formula that a dollar before `text` opens; nil where it is a dollar itself.
  private static func formula(at text: Substring) -> Substring? {
    guard let first = text.first, !first.isWhitespace else { return nil }
    var end = text.startIndex
    for character in text.prefix(longestFormula) {
      if character == "$" { break }
      end = text.index(after: end)
    }
    let formula = text[..<end]
    let after = text[end...]
    guard after.first == "$", formula.last?.isWhitespace == false, formula.last != "\\",
      after.dropFirst().first?.isNumber != true, !formula.contains(Placeholders.opening),
      FormulaParser.problem(in: String(formula)) == nil
    else { return nil }
    return formula
  }

  private static func command(_ rest: inout Substring) -> String {
    guard let first = rest.first else { return "" }
    if let mark = accents[first], !(first.isLetter && rest.dropFirst().first?.isLetter == true) {
      rest.removeFirst()
      let before = rest
      rest = rest.drop { $0 == "{" || $0 == " " || $0 == "\\" }
      guard let letter = rest.first, letter.isLetter else {
        rest = before
        return ""
      }
      rest.removeFirst()
      let base: Character = letter == "ı" ? "i" : letter
      return "\(base)\(mark)"
    }
    guard first.isLetter else {
      rest.removeFirst()
      return String(first)
    }
    let name = rest.prefix { $0.isASCII && $0.isLetter }
    rest = rest.dropFirst(name.count)
    guard let letter = letters[String(name)] else { return "" }
    rest = rest.drop { $0 == " " }
    return letter
  }

  private static let accents: [Character: Character] = [
    "\"": "\u{308}", "'": "\u{301}", "`": "\u{300}", "^": "\u{302}", "~": "\u{303}", "=": "\u{304}",
    ".": "\u{307}", "c": "\u{327}", "v": "\u{30C}", "u": "\u{306}", "H": "\u{30B}", "k": "\u{328}",
    "r": "\u{30A}",
  ]

  private static let letters = [
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ",
    "aa": "å", "AA": "Å", "i": "i", "j": "j", "textendash": "–", "textemdash": "—",
    "LaTeX": "LaTeX",
    "TeX": "TeX",
  ]
}
