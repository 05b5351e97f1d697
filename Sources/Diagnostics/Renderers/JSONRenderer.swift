/// Prints diagnostics for programs: one JSON object a line.
///
/// Lines and columns count from 1, columns in characters; the end is the place after the last
/// character. A diagnostic without a place has null for all of them.
public struct JSONRenderer: Sendable {
  public init() {}

  public func render(_ diagnostics: [Diagnostic]) -> String {
    diagnostics.map { document(of: $0).line + "\n" }.joined()
  }

  /// What is no mistake, such as where a report is: an object of the same members, of the severity
  /// `note` and without a code.
  public func render(note message: String) -> String {
    document("note", code: nil, message, at: nil, notes: [], help: nil).line + "\n"
  }

  /// The object of one diagnostic.
  public func document(of diagnostic: Diagnostic) -> JSONDocument {
    document(
      diagnostic.severity.rawValue, code: diagnostic.code, diagnostic.message, at: diagnostic.span,
      notes: diagnostic.notes, help: diagnostic.help)
  }

  private func document(
    _ severity: String, code: DiagnosticCode?, _ message: String, at span: SourceSpan?,
    notes: [Diagnostic.Note], help: String?
  ) -> JSONDocument {
    let notes = notes.map { note -> JSONDocument in
      .object(place(of: note.span) + [("message", .string(note.message))])
    }
    return .object(
      place(of: span) + [
        ("severity", .string(severity)), ("code", JSONDocument(code?.rawValue)),
        ("message", .string(message)), ("notes", .array(notes)), ("help", JSONDocument(help)),
      ])
  }

  private func place(of span: SourceSpan?) -> [(name: String, value: JSONDocument)] {
    guard let span else {
      return ["file", "line", "column", "endLine", "endColumn"].map { ($0, .null) }
    }
    let start = span.file.position(of: span.range.lowerBound)
    let end = span.file.position(of: span.range.upperBound)
    return [
      ("file", .string(span.file.name)), ("line", .number(Double(start.line))),
      ("column", .number(Double(start.column))), ("endLine", .number(Double(end.line))),
      ("endColumn", .number(Double(end.column))),
    ]
  }
}
