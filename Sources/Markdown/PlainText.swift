/// Running text without its markup: what a title bar, an anchor or an image's alternative needs.
public enum PlainText {
  /// Breaks become spaces; raw HTML and footnote references are left out.
  /// - Parameter value: The text of a placeholder; nothing if not given.
  public static func of(_ inlines: [Inline], value: (Int) -> String = { _ in "" }) -> String {
    inlines.map { inline in
      switch inline {
      case .text(let text), .code(let text): text
      case .emphasis(let content), .strong(let content), .strikethrough(let content),
        .link(_, _, let content), .image(_, _, let content):
        of(content, value: value)
      case .softBreak, .lineBreak: " "
      case .html, .footnoteReference: ""
      case .formula(let source, _): Placeholders.replacing(in: source, value)
      case .placeholder(let index): value(index)
      }
    }.joined()
  }
}

/// Makes anchors of headings as GitHub does: lower case, hyphens for spaces, no punctuation; the
/// second of a name gets `-1`.
public struct HeadingAnchors: Sendable {
  private var taken: Set<String>
  /// How often a name was asked for again: those before are taken.
  private var repetitions: [String: Int] = [:]

  /// - Parameter taken: Anchors in use already, such as those of tables and figures.
  public init(taken: Set<String> = []) { self.taken = taken }

  /// An anchor for a heading of this text; never one given before.
  public mutating func anchor(for text: String) -> String {
    let kept = text.lowercased().compactMap { character -> Character? in
      if character.isLetter || character.isNumber || character == "-" || character == "_" {
        return character
      }
      return character.isWhitespace ? "-" : nil
    }
    let slug = kept.isEmpty ? "section" : String(kept)
    var count = repetitions[slug] ?? 0
    var candidate = count == 0 ? slug : "\(slug)-\(count)"
    while !taken.insert(candidate).inserted {
      count += 1
      candidate = "\(slug)-\(count)"
    }
    repetitions[slug] = count
    return candidate
  }
}
