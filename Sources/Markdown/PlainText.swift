/// Running text without its markup.
public enum PlainText {
  /// - Parameter value: the text of a placeholder.
  public static func of(_ inlines: [Inline], value: (Int) -> String = { _ in "" }) -> String {
    inlines.map { inline in
      switch inline {
      case .text(let text), .code(let text): text
      case .emphasis(let content), .strong(let content), .strikethrough(let content),
        .link(_, _, let content), .image(_, _, let content):
        of(content, value: value)
      case .softBreak, .lineBreak: " "
      case .placeholder(let index): value(index)
      case .html, .footnoteReference: ""
      }
    }.joined()
  }
}
