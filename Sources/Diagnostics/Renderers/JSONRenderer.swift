/// Prints diagnostics for programs: one JSON object a line.
///
/// Lines and columns count from 1, columns in characters; the end is the place after the last
/// character. A diagnostic without a place has null for all of them.
public struct JSONRenderer: Sendable {
  public init() {}

  public func render(_ diagnostics: [Diagnostic]) -> String {
    diagnostics.map { document(of: $0).line + "\n" }.joined()
  }

  /// The object of one diagnostic.
  public func document(of diagnostic: Diagnostic) -> JSONDocument {
    .object(
      place(of: diagnostic.span) + [
        ("severity", .string(diagnostic.severity.rawValue)),
        ("code", .string(diagnostic.code.rawValue)),
        ("message", .string(diagnostic.message)),
        (
          "notes",
          .array(
            diagnostic.notes.map {
              .object(place(of: $0.span) + [("message", .string($0.message))])
            })
        ),
        ("help", JSONDocument(diagnostic.help)),
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
