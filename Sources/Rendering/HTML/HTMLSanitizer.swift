import Markdown
import NotebookLanguage

/// Lets an author's own HTML through where it can do no harm.
///
/// Elements on a short list keep their tag with a few attributes; the tags of all others are shown as
/// text. Nothing that runs or fetches is on the list. One sanitizer serves a whole document: it drops
/// end tags that close nothing of the author's, which would close the page's own elements, and what an
/// element of the page's own begins ends with it.
struct HTMLSanitizer {
  /// What expressions came to, by number of their tokens.
  private let values: [DisplayedValue]
  /// The author's elements that are open, the innermost last.
  private var open: [String] = []
  /// How many of them the element of the page that is being written stands in: its content ends none.
  private var outer = 0
  private static let voidElements: Set<String> = ["br", "col", "hr", "wbr"]

  private static let elements: Set<String> = [
    "a", "abbr", "b", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup",
    "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h2", "h3",
    "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp",
    "section",
    "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "u", "ul", "var", "wbr",
  ]

  private static let attributes: Set<String> = [
    "align", "colspan", "dir", "id", "lang", "open", "rowspan", "scope", "start", "title",
  ]

  /// Whether everything is let through.
  private let isTrusting: Bool
  /// Whether links and identifiers are left out.
  private let isCopy: Bool
  /// A value in the text.
  private let shown: @Sendable (DisplayedValue) -> String
  /// A value in an attribute.
  private let escaped: @Sendable (String) -> String

  /// - Parameter isCopy: whether this is a copy for the eye, of what has the links and identifiers.
  init(_ report: Report, isCopy: Bool = false) {
    self.init(report, isCopy: isCopy, shown: { HTMLValue.span($0) }, escaped: Escaping.attribute)
  }

  /// For raw HTML in Markdown.
  ///
  /// - Parameter shown: a value in the text.
  init(markdown report: Report, shown: @escaping @Sendable (DisplayedValue) -> String) {
    self.init(report, isCopy: false, shown: shown, escaped: Escaping.htmlInMarkdown)
  }

  private init(
    _ report: Report, isCopy: Bool, shown: @escaping @Sendable (DisplayedValue) -> String,
    escaped: @escaping @Sendable (String) -> String
  ) {
    values = report.values
    isTrusting = report.options.trustsHTML
    self.isCopy = isCopy
    self.shown = shown
    self.escaped = escaped
  }

  /// `html` with everything that is not on the lists made text, and its tokens filled in.
  mutating func sanitize(_ html: String) -> String {
    if isTrusting { return trusted(html) }
    var result = ""
    var rest = Substring(html)
    while let open = rest.firstIndex(of: "<") {
      result += text(rest[..<open])
      let after = rest[open...]
      if after.hasPrefix("<!--") {
        guard let end = after.range(of: "-->") else { return result }
        rest = after[end.upperBound...]
      } else if let (tag, end) = tag(after) {
        result += tag
        rest = end
      } else {
        result += "&lt;"
        rest = after.dropFirst()
      }
    }
    return result + text(rest)
  }

  /// `html` as it is, values escaped for text and for attributes alike.
  private func trusted(_ html: String) -> String {
    Placeholders.replacing(in: html) { escaped(value($0)?.text ?? "") }
  }

  /// The author's text, in which character references stay, with values as prose shows them.
  private func text(_ text: Substring) -> String {
    Placeholders.pieces(of: String(text)).map { piece in
      switch piece {
      case .text(let text): Escaping.writtenText(text)
      case .placeholder(let number): value(number).map(shown) ?? ""
      }
    }.joined()
  }

  private func attribute(_ text: String) -> String {
    Placeholders.pieces(of: text).map { piece in
      switch piece {
      case .text(let text): Escaping.writtenAttribute(text)
      case .placeholder(let number): escaped(value(number)?.text ?? "")
      }
    }.joined()
  }

  private func value(_ number: Int) -> DisplayedValue? {
    values.indices.contains(number) ? values[number] : nil
  }

  /// Begins the content of an element of the page.
  ///
  /// - Returns: what `leave` wants to know.
  mutating func enter() -> Int {
    defer { outer = open.count }
    return outer
  }

  /// End tags for what the content has left open.
  mutating func leave(_ previous: Int) -> String {
    defer { outer = previous }
    return closingTags()
  }

  /// End tags for what is still open; nothing is open afterwards.
  mutating func closingTags() -> String { close(from: outer) }

  private mutating func close(from start: Int) -> String {
    let ended = open[start...]
    open.removeSubrange(start...)
    return ended.reversed().map { "</\($0)>" }.joined()
  }

  /// Ends the innermost open element of this name and those within it.
  private mutating func close(_ name: String) -> String {
    guard let start = open[outer...].lastIndex(of: name) else { return "" }
    return close(from: start)
  }

  /// The safe form of the tag that `text` begins with, and what follows it.
  private mutating func tag(_ text: Substring) -> (String, Substring)? {
    var rest = text.dropFirst()
    let isClosing = rest.hasPrefix("/")
    if isClosing { rest = rest.dropFirst() }
    let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }.lowercased()
    guard Self.elements.contains(name) else { return nil }
    rest = rest.dropFirst(name.count)
    var kept = ""
    var keys: Set<String> = []
    while true {
      rest = rest.drop { $0.isWhitespace || $0 == "/" }
      guard let first = rest.first else { return nil }
      if first == ">" {
        if isCopy, name == "a" { return ("", rest.dropFirst()) }
        if isClosing { return (close(name), rest.dropFirst()) }
        if !Self.voidElements.contains(name) { self.open.append(name) }
        return ("<\(name)\(kept)>", rest.dropFirst())
      }
      let key = rest.prefix { !$0.isWhitespace && !"=>/\"'<".contains($0) }.lowercased()
      guard !key.isEmpty else { return nil }
      rest = rest.dropFirst(key.count).drop { $0.isWhitespace }
      var value: String?
      if rest.first == "=" {
        rest = rest.dropFirst().drop { $0.isWhitespace }
        if let quote = rest.first, quote == "\"" || quote == "'" {
          rest = rest.dropFirst()
          guard let end = rest.firstIndex(of: quote) else { return nil }
          value = String(rest[..<end])
          rest = rest[rest.index(after: end)...]
        } else {
          let bare = rest.prefix { !$0.isWhitespace && $0 != ">" }
          value = String(bare)
          rest = rest.dropFirst(bare.count)
        }
      }
      // Of two the first counts: HTML standard, 13.2.5.33.
      guard keys.insert(key).inserted else { continue }
      if key == "href", name == "a", let target = value.flatMap(link) {
        kept += " href=\"\(Escaping.attribute(target))\""
      } else if Self.attributes.contains(key), !isCopy || key != "id" {
        kept += value.map { " \(key)=\"\(attribute($0))\"" } ?? " \(key)"
      }
    }
  }

  /// As `safeLink`, of an attribute in which an ampersand may be written `&amp;`.
  private func link(_ text: String) -> String? {
    let text = text.replacing("&amp;", with: "&")
    return Self.safeLink(Placeholders.replacing(in: text) { value($0)?.text ?? "" })
  }

  /// A link's target if following it can run nothing: a place in the page, a relative path, or one of
  /// a few schemes.
  static func safeLink(_ target: String) -> String? {
    let visible = target.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7F }
    // By code points: a mark that combines with the colon leaves it one.
    let folded = String(String.UnicodeScalarView(visible)).lowercased().unicodeScalars
    // What is left of a character reference may be read once more by another program: &colon; or &#58;.
    let head = folded.prefix { !"/?".unicodeScalars.contains($0) }
    let isNumbered = zip(head, head.dropFirst()).contains { $0 == "&" && $1 == "#" }
    if isNumbered || head.contains("&") && head.contains(";") { return nil }
    guard let colon = folded.firstIndex(of: ":") else { return target }
    let scheme = folded[..<colon]
    if ["http", "https", "mailto"].contains(String(scheme)) { return target }
    // A colon after a slash, question mark or hash belongs to no scheme.
    let isPath = scheme.contains { "/?#".unicodeScalars.contains($0) }
    return isPath ? target : nil
  }

  /// An image's source if it is in the page: the report makes no requests.
  static func safeImage(_ source: String) -> String? {
    let kinds = ["png", "jpeg", "gif", "webp"]
    let folded = source.lowercased()
    return kinds.contains { folded.hasPrefix("data:image/\($0);base64,") } ? source : nil
  }
}

extension Substring {
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
