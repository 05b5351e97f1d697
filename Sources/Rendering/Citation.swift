import NotebookLanguage

/// How others cite a report.
struct Citation {
  /// An entry for a bibliography in BibTeX.
  let bibTeX: String

  /// nil for a report without an author.
  init?(of report: Report) {
    guard !report.authors.isEmpty else { return nil }
    let year = report.date.flatMap { date in
      date.split { !$0.isNumber }.first { $0.count == 4 }.map(String.init)
    }
    let title = report.plain(report.title)
    let family = report.authors[0].split(separator: " ").last ?? ""
    let word = title.split { !$0.isLetter }.first { $0.count > 3 } ?? ""
    let key = (family + (year ?? "") + word).lowercased()
      .filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    var fields = [
      ("title", "{\(Self.escaped(title))}"),
      ("author", report.authors.map(Self.escaped).joined(separator: " and ")),
    ]
    if let year { fields.append(("year", year)) }
    if let url = report.url {
      fields.append(
        ("url", Escaping.replacing(url) { "{}\\".unicodeScalars.contains($0) ? "" : nil }))
    }
    fields.append(("note", "Computed with Quantbook"))
    let width = fields.map(\.0.count).max() ?? 0
    let lines = fields.map { name, value in
      "  \(name)\(String(repeating: " ", count: width - name.count)) = {\(value)},"
    }
    bibTeX = "@misc{\(key.isEmpty ? "report" : key),\n\(lines.joined(separator: "\n"))\n}"
  }

  /// Text in which TeX reads nothing as a command.
  private static func escaped(_ text: String) -> String {
    Escaping.replacing(text) { scalar in
      switch scalar {
      case "&", "%", "$", "#", "_", "{", "}": "\\\(scalar)"
      case "\\": "\\textbackslash{}"
      case "~": "\\textasciitilde{}"
      case "^": "\\textasciicircum{}"
      default: nil
      }
    }
  }
}
