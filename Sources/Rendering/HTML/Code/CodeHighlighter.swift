import Diagnostics

/// Marks the words of a listing by kind, when the page is made: no script does it later.
///
/// One pass over the text, whatever it holds; an unknown language stays plain.
struct CodeHighlighter {
  /// Classes in the style sheet.
  enum Kind: String {
    case keyword = "kw"
    case comment = "co"
    case string = "st"
    case number = "nu"
    case key = "at"
    case variable = "va"
  }

  private let language: CodeLanguage
  private var rest: Substring
  private var html = ""
  private var plain = ""
  /// What stands before the next character on its line, for comments and keys.
  private var previous: Character = "\n"

  /// `code` as HTML, with what turns the order of its characters shown.
  static func html(_ code: String, language name: String) -> String {
    let code = code.withVisibleControls
    guard let language = CodeLanguage.named(name), code.utf8.count <= 200_000 else {
      return Escaping.text(code)
    }
    var highlighter = Self(language: language, rest: Substring(code))
    highlighter.run()
    return highlighter.html
  }

  private init(language: CodeLanguage, rest: Substring) {
    self.language = language
    self.rest = rest
  }

  private mutating func run() {
    while let first = rest.first {
      if let length = commentLength {
        take(length, .comment)
      } else if let quote = language.quotes.first(where: rest.hasPrefix), !isWord(previous) {
        let length = stringLength(quote)
        take(length, language.hasKeys && isKey(after: length) ? .key : .string)
      } else if first == language.variable {
        let name = rest.dropFirst().prefix { isWord($0) || $0 == "{" || $0 == "}" }
        take(1 + name.count, .variable)
      } else if isWord(first) {
        let word = rest.prefix { isWord($0) || (language.hasKeys && "-.".contains($0)) }
        take(word.count, kind(of: word))
      } else {
        take(1, nil)
      }
    }
    flush()
  }

  private mutating func take(_ length: Int, _ kind: Kind?) {
    let text = rest.prefix(length)
    previous = text.last ?? previous
    rest = rest.dropFirst(text.count)
    guard let kind else {
      plain += text
      return
    }
    flush()
    html += "<span class=\"\(kind.rawValue)\">\(Escaping.text(String(text)))</span>"
  }

  private mutating func flush() {
    html += Escaping.text(plain)
    plain = ""
  }

  private func isWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  private func kind(of word: Substring) -> Kind? {
    if language.hasKeys, isKey(after: word.count) { return .key }
    if language.keywords.contains(String(word)) { return .keyword }
    return word.first?.isNumber == true && !isWord(previous) ? .number : nil
  }

  /// Whether a colon follows that makes a key of what is `length` long.
  private func isKey(after length: Int) -> Bool {
    let after = rest.dropFirst(length).drop { $0 == " " }
    guard after.first == ":" else { return false }
    return after.dropFirst().first.map { $0.isWhitespace || "[{\"'".contains($0) } ?? true
  }

  private var commentLength: Int? {
    if let (open, close) = language.blockComment, rest.hasPrefix(open) {
      let inner = rest.dropFirst(open.count)
      guard let end = inner.firstRange(of: close) else { return rest.count }
      return rest[..<end.upperBound].count
    }
    // A # within a word begins no comment.
    guard previous.isWhitespace, language.lineComments.contains(where: rest.hasPrefix) else {
      return nil
    }
    return rest.prefix { !$0.isNewline }.count
  }

  /// Length of a quoted text with its quotes; one in single quotes ends with its line.
  private func stringLength(_ quote: String) -> Int {
    var position = rest.index(rest.startIndex, offsetBy: quote.count)
    var length = quote.count
    while position < rest.endIndex {
      if rest[position...].hasPrefix(quote) { return length + quote.count }
      if quote.count == 1, rest[position].isNewline { return length }
      let step = rest[position] == "\\" && rest.index(after: position) < rest.endIndex ? 2 : 1
      position = rest.index(position, offsetBy: step)
      length += step
    }
    return length
  }
}
