import JSONStrings
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
    add("url", report.url.flatMap(HTMLSanitizer.safeLink))
    return (["---"] + lines + ["---"]).joined(separator: "\n")
  }

  private static func quoted(_ text: String) -> String { JSONString.quoted(text) }
}
