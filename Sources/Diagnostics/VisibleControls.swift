extension Unicode.Scalar {
  /// Whether a terminal obeys it instead of showing it, or whether it turns around, unseen, the order in
  /// which text is shown: controls but tab and line feed, separators of lines, and the marks of Unicode's
  /// bidirectional algorithm.
  ///
  /// Source: ECMA-48 for C0 and C1; Unicode UAX #9, section 2; CVE-2021-42574.
  public var isHiddenControl: Bool {
    switch value {
    case 0x09, 0x0A: false
    case 0x00...0x1F, 0x7F...0x9F, 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}

extension String {
  /// The text with such controls shown as Swift writes them, `\u{202E}`, for terminals and listings.
  /// Line ends become line feeds.
  public var withVisibleControls: String {
    guard unicodeScalars.contains(where: \.isHiddenControl) else { return self }
    var shown = ""
    var isAfterReturn = false
    for scalar in unicodeScalars {
      if isAfterReturn, scalar != "\n" { shown += "\\u{D}" }
      isAfterReturn = scalar == "\r"
      guard !isAfterReturn else { continue }
      if scalar.isHiddenControl {
        shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
    return isAfterReturn ? shown + "\\u{D}" : shown
  }

  /// The same on one line.
  public var onOneLine: String {
    withVisibleControls.contains(where: \.isNewline)
      ? String(withVisibleControls.map { $0.isNewline ? " " : $0 }) : withVisibleControls
  }
}
