/// Prints diagnostics as workflow commands, which GitHub shows beside the lines of a change:
///
///     ::error file=report.md,line=41,col=9,endLine=41,endColumn=13,title=QB0203::unknown scheme …
///
/// Escapes after `actions/toolkit`, `packages/core/src/command.ts`.
public struct GitHubRenderer: Sendable {
  public init() {}

  public func render(_ diagnostics: [Diagnostic]) -> String {
    diagnostics.map { render($0) + "\n" }.joined()
  }

  /// What is no mistake, such as where a report is: `::notice::wrote output/report.html`.
  public func render(note message: String) -> String {
    "::notice::\(escaped(message, isProperty: false))\n"
  }

  private func render(_ diagnostic: Diagnostic) -> String {
    var properties: [(String, String)] = []
    if let span = diagnostic.span {
      let start = span.file.position(of: span.range.lowerBound)
      let end = span.file.position(of: span.range.upperBound)
      properties = [
        ("file", span.file.name), ("line", "\(start.line)"), ("col", "\(start.column)"),
        ("endLine", "\(end.line)"), ("endColumn", "\(end.column)"),
      ]
    }
    properties.append(("title", diagnostic.code.rawValue))
    let written = properties.map { "\($0.0)=\(escaped($0.1, isProperty: true))" }
    var lines = [diagnostic.message]
    lines += diagnostic.notes.map { note in
      "note: " + (note.span.map { "\($0.place): " } ?? "") + note.message
    }
    lines += diagnostic.help.map { ["help: \($0)"] } ?? []
    let message = escaped(lines.joined(separator: "\n"), isProperty: false)
    return "::\(diagnostic.severity.rawValue) \(written.joined(separator: ","))::\(message)"
  }

  private func escaped(_ text: String, isProperty: Bool) -> String {
    var escaped = ""
    for scalar in text.withVisibleControls.unicodeScalars {
      switch scalar {
      case "%": escaped += "%25"
      case "\n": escaped += "%0A"
      case ":" where isProperty: escaped += "%3A"
      case "," where isProperty: escaped += "%2C"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
