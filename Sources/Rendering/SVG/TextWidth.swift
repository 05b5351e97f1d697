/// Widths of texts, which an SVG without a font cannot measure.
enum TextWidth {
  /// Width of a text at 13 units in a common sans-serif; wide enough for most.
  static func estimate(_ text: String) -> Double {
    text.reduce(0) { $0 + ("il.,|'".contains($1) ? 4.2 : $1.isUppercase ? 8.8 : 7.2) }
  }

  /// The text, or as much of its start as fits the width, and `…`.
  static func shortened(_ text: String, to width: Double) -> String {
    guard estimate(text) > width else { return text }
    var text = text
    while !text.isEmpty, estimate(text + "…") > width { text.removeLast() }
    return text + "…"
  }
}
