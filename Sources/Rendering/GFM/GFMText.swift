import Diagnostics
import Markdown
import NotebookLanguage

/// Writes running text as Markdown, its values filled in.
struct GFMText {
  private let report: Report
  private let place: GFMPlace
  var files: GFMFiles
  var footnotes: GFMFootnotes
  private var sanitizer: HTMLSanitizer

  init(report: Report, place: GFMPlace) {
    self.report = report
    self.place = place
    files = GFMFiles(of: report, place: place)
    footnotes = GFMFootnotes(place: place)
    sanitizer = HTMLSanitizer(markdown: report, shown: Self.htmlValue)
  }

  mutating func inline(_ inlines: [Inline]) -> String {
    inlines.map { inline in
      switch inline {
      case .text(let text): return Escaping.markdown(text)
      case .code(let text): return Self.codeSpan(text)
      case .emphasis(let content): return "*\(self.inline(content))*"
      case .strong(let content): return "**\(self.inline(content))**"
      case .strikethrough(let content): return "~~\(self.inline(content))~~"
      case .link(let destination, let title, let content):
        guard HTMLSanitizer.safeLink(destination) != nil else { return self.inline(content) }
        return "[\(self.inline(content))](\(target(destination, title)))"
      case .image(let source, let title, let alternative):
        guard let file = files.picture(source) else { return self.inline(alternative) }
        return "![\(self.inline(alternative))](\(target(file, title)))"
      case .html(let html): return self.html(html)
      case .footnoteReference(let label): return footnotes.reference(label)
      case .formula(let source, let isDisplay): return formula(source, isDisplay: isDisplay)
      case .softBreak: return "\n"
      case .lineBreak: return "\\\n"
      case .placeholder(let index): return report.value(index).map { value($0) } ?? ""
      }
    }.joined()
  }

  /// Newlines of a heading or table cell would end it.
  mutating func singleLine(_ inlines: [Inline]) -> String {
    inline(inlines).replacing("\n", with: " ")
  }

  mutating func value(_ value: DisplayedValue) -> String {
    var text = Escaping.markdown(value.text)
    if !value.error.isEmpty { text += " " + Escaping.markdown(value.error) }
    return text + footnotes.cause(of: value)
  }

  /// Raw HTML with its tokens filled in, of which only harmless elements stay unless the report trusts it.
  mutating func html(_ html: String) -> String {
    report.options.trustsHTML ? filled(html) : sanitizer.sanitize(html)
  }

  /// Footnotes are none in HTML: a cause follows its value.
  private static func htmlValue(_ value: DisplayedValue) -> String {
    let text = Escaping.htmlInMarkdown(value.text)
    let error = value.error.isEmpty ? "" : " " + Escaping.htmlInMarkdown(value.error)
    guard let cause = value.cause, value.origin != .published else { return text + error }
    return text + error + " <sub>(\(Escaping.htmlInMarkdown(cause)))</sub>"
  }

  private func filled(_ html: String) -> String {
    var finder = HTMLPlaceFinder()
    let places = finder.places(in: html)
    return Placeholders.replacing(in: html) { number in
      guard let value = report.value(number) else { return "" }
      switch places[number] {
      case .attribute: return Escaping.htmlInMarkdown(value.text)
      case .text: return Self.htmlValue(value)
      case .unquotedAttribute, .name, .script, .comment, nil: return ""
      }
    }
  }

  /// GitHub draws formulas between dollars itself. A value in one is text, whatever it holds.
  private func formula(_ source: String, isDisplay: Bool) -> String {
    let text = Placeholders.replacing(in: source) { index in
      let text = report.valueText(index).onOneLine
      let isNumber = text.allSatisfy { $0.isNumber || ".,-".contains($0) }
      return isNumber ? text : "\\text{\(text.filter { !"\\{}$".contains($0) })}"
    }
    // An empty line would end the paragraph, and with it the formula.
    let lines = text.split(whereSeparator: \.isNewline)
    let inert = Self.inert(lines.joined(separator: isDisplay ? "\n" : " "))
    return isDisplay ? "$$\n\(inert)\n$$" : "$\(inert)$"
  }

  /// A formula that Markdown without formulas takes for no tag and no link: a space, which TeX passes over,
  /// keeps their signs apart.
  private static func inert(_ formula: String) -> String {
    var previous: Unicode.Scalar = " "
    return Escaping.replacing(formula) { scalar in
      defer { previous = scalar }
      let isTag = previous == "<" && !scalar.properties.isWhitespace
      let isLink = previous == "]" && "([".unicodeScalars.contains(scalar)
      return isTag || isLink ? " \(scalar)" : nil
    }
  }

  private func target(_ destination: String, _ title: String) -> String {
    Escaping.markdownTarget(destination)
      + (title.isEmpty ? "" : " \"\(Escaping.markdownTitle(title))\"")
  }

  /// A piece of code, whatever stands in it.
  static func codeSpan(_ text: String) -> String {
    let text = text.onOneLine
    let marks = String(repeating: "`", count: text.longestBackticks + 1)
    let isBounded = text.utf8.first == UInt8(ascii: "`") || text.utf8.last == UInt8(ascii: "`")
    let padding = isBounded ? " " : ""
    return marks + padding + text + padding + marks
  }
}

extension String {
  /// Most backticks in a row, which those around a piece of code must outnumber.
  var longestBackticks: Int {
    utf8.split { $0 != UInt8(ascii: "`") }.map(\.count).max() ?? 0
  }
}
