import NotebookLanguage

/// The front matter that goes on to the Markdown: what site generators read, and GitHub shows as a table.
struct GFMFrontMatter {
  let report: Report

  /// YAML between its fences; every text is in double quotes, in which JSON's escapes hold.
  var text: String {
    var lines = ["title: \(Self.quoted(report.plain(report.title)))"]
    func add(_ key: String, _ value: String?) {
      if let value, !value.isEmpty { lines.append("\(key): \(Self.quoted(value))") }
    }
    add("subtitle", report.plain(report.subtitle))
    if !report.authors.isEmpty {
      lines.append("author: [\(report.authors.map(Self.quoted).joined(separator: ", "))]")
    }
    add("date", report.date)
    add("lang", report.language)
    add("description", report.summary)
    add("url", report.url)
    return (["---"] + lines + ["---"]).joined(separator: "\n")
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FEFF}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
