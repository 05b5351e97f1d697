import Diagnostics

/// Text made safe for HTML, SVG and Markdown.
enum Escaping {
  /// Whether documents may hold the character: XML and HTML forbid some, others steer a terminal that the
  /// document is printed on, or turn the order of what follows, so that figures would read backwards.
  static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\t", "\n", "\r": true
    case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": false
    case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": false
    default: true
    }
  }

  /// `text` with some of its code points replaced, and those not allowed by U+FFFD. Whole characters will
  /// not do: a mark that combines with a quote makes another character of the two, which ends an attribute
  /// all the same.
  static func replacing(
    _ text: String, _ replacement: (Unicode.Scalar) -> String?
  ) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      if let other = replacement(scalar) {
        result += other
      } else {
        result.unicodeScalars.append(isAllowed(scalar) ? scalar : "\u{FFFD}")
      }
    }
    return result
  }

  /// For the content of an HTML or SVG element.
  static func text(_ text: String) -> String {
    replacing(text) { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      default: nil
      }
    }
  }

  /// As `text`, for HTML in Markdown: an empty line would end it.
  static func line(_ text: String) -> String { self.text(text.onOneLine) }

  /// For an attribute value in quotes.
  static func attribute(_ text: String) -> String {
    replacing(text) { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      case "'": "&#39;"
      default: nil
      }
    }
  }

  /// As `attribute`, of what an author wrote with character references, which stay.
  static func writtenAttribute(_ html: String) -> String {
    restoringReferences(attribute(html))
  }

  /// As `text`, of what an author wrote with character references, which stay.
  static func writtenText(_ html: String) -> String { restoringReferences(text(html)) }

  /// Makes references what has been escaped, but for those of code points that are not allowed.
  private static func restoringReferences(_ escaped: String) -> String {
    let reference = /&amp;(?:#(?:[xX](?<hexadecimal>[0-9a-fA-F]+)|(?<decimal>[0-9]+)))?/
      .matchingSemantics(.unicodeScalar)
    return escaped.replacing(reference) { match in
      let value =
        match.hexadecimal.map { UInt32($0, radix: 16) } ?? match.decimal.map { UInt32($0) }
      // Browsers show what is no code point as U+FFFD themselves.
      let scalar = value.flatMap(\.self).flatMap(Unicode.Scalar.init)
      return scalar.map(isAllowed) == false
        ? match.output.0 : match.output.0.replacing("&amp;", with: "&")
    }
  }

  /// For a link's target: what no address holds is percent-encoded, as cmark does.
  ///
  /// Reference: `houdini_escape_href` of cmark-gfm.
  static func target(_ text: String) -> String {
    attribute(percentEncoded(text, keeping: "-_.+!*(),%#@?=;:/$~&'"))
  }

  /// For a link's target between the parentheses of Markdown.
  static func markdownTarget(_ text: String) -> String {
    percentEncoded(text, keeping: "-_.+!*,%#@?=;:/$~&'")
      .replacing(/&(?=#?[0-9A-Za-z]+;)/, with: "&amp;")
  }

  /// For a link's title between the quotes of Markdown.
  static func markdownTitle(_ text: String) -> String {
    replacing(markdown(text)) { $0 == "\"" ? "&quot;" : nil }
  }

  /// The address of a file from one in the same folder or above it: all that could mean something else in
  /// an address, as `?` and a colon do, is percent-encoded.
  static func address(ofFile path: String) -> String { percentEncoded(path, keeping: "-._~/") }

  /// - Parameter others: bytes that stay, beside letters and digits of ASCII.
  private static func percentEncoded(_ text: String, keeping others: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      case _ where others.utf8.contains(byte):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return result
  }

  /// For raw HTML in GitHub's Markdown, in text and in attributes: what Markdown may read, an end of line
  /// or of a table's cell among it, is a character reference.
  static func htmlInMarkdown(_ text: String) -> String {
    replacing(attribute(text)) { scalar in
      "\\`*_[]|~$@\n\r".unicodeScalars.contains(scalar) ? "&#\(scalar.value);" : nil
    }
  }

  /// For running text of GitHub's Markdown, in which nothing of it may become markup.
  static func markdown(_ text: String) -> String {
    var previous: Unicode.Scalar = " "
    return replacing(text) { scalar in
      defer { previous = scalar }
      switch scalar {
      case "\\", "`", "*", "_", "[", "]", "|", "~", "$", "#", "@": return "\\\(scalar)"
      case "<": return "&lt;"
      case ">": return "&gt;"
      case "&": return "&amp;"
      case "\n": return previous == "\r" ? "" : " "
      case "\r": return " "
      default: return nil
      }
    }
  }
}
