/// A text as JSON has it: between quotes, with escapes.
public enum JSONString {
  /// Escapes, besides what JSON asks for, every control and whatever some reader takes for a line's end, a mark
  /// of the byte order or a turn of the direction of writing, so that the text stays one line to all, and no
  /// terminal obeys it.
  public static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\0"..<" ": quoted += escape(scalar)
      default: append(scalar, to: &quoted)
      }
    }
    return quoted + "\""
  }

  /// JSON that another writer has made, with the same escapes in its texts.
  public static func escaping(_ json: String) -> String {
    var escaped = ""
    for scalar in json.unicodeScalars { append(scalar, to: &escaped) }
    return escaped
  }

  private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
    switch scalar {
    case "\u{7F}"..."\u{9F}", "\u{61C}", "\u{200E}", "\u{200F}", "\u{2028}"..."\u{202E}",
      "\u{2066}"..."\u{2069}", "\u{FEFF}":
      text += escape(scalar)
    default: text.unicodeScalars.append(scalar)
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
