/// Text made safe for HTML, SVG and Markdown.
enum Escaping {
  /// Whether documents may hold the character: XML forbids some.
  static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\t", "\n", "\r": true
    case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": false
    default: true
    }
  }

  /// For the content of an HTML or SVG element. Characters that XML forbids become U+FFFD.
  static func text(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.unicodeScalars.append(isAllowed(scalar) ? scalar : "\u{FFFD}")
      }
    }
    return result
  }

  /// For an attribute value in double quotes.
  static func attribute(_ text: String) -> String {
    self.text(text).replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
  }

  /// For a link's target: what no address holds is percent-encoded, as cmark does.
  ///
  /// Reference: `houdini_escape_href` of cmark-gfm.
  static func target(_ text: String) -> String {
    percentEncoded(text, keeping: "-_.+!*(),%#@?=;:/$~&'")
      .replacing("&", with: "&amp;").replacing("'", with: "&#39;")
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
    var result = ""
    for scalar in attribute(text).unicodeScalars {
      switch scalar {
      case "\\", "`", "*", "_", "[", "]", "|", "~", "$", "@", "\n", "\r":
        result += "&#\(scalar.value);"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// For running text of GitHub's Markdown, in which nothing of it may become markup.
  static func markdown(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    let text = text.utf8.contains(UInt8(ascii: "\r")) ? text.replacing("\r\n", with: "\n") : text
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "`", "*", "_", "[", "]", "|", "~", "$", "#", "@":
        result.unicodeScalars.append("\\")
        result.unicodeScalars.append(scalar)
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\n": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
