/// Text in columns, for terminals.
enum TextColumns {
  /// Rows with their columns aligned, two spaces between them; the last column is as it comes.
  static func aligned(_ rows: [[String]]) -> String {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let padded = row.enumerated().map { index, text in
        index == row.count - 1
          ? text : text + String(repeating: " ", count: widths[index] - text.count)
      }
      return padded.joined(separator: "  ").trimmingTrailingSpaces + "\n"
    }.joined()
  }

  /// `text` in lines of at most `width` characters, each after `margin`; longer words stand alone.
  static func wrapped(_ text: String, width: Int = 80, margin: String = "") -> String {
    var lines: [String] = []
    var line = margin
    for word in text.split(separator: " ") {
      if line.count + word.count + 1 > width, line.count > margin.count {
        lines.append(line)
        line = margin
      }
      line += (line.count > margin.count ? " " : "") + word
    }
    return (lines + [line]).map { $0 + "\n" }.joined()
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
