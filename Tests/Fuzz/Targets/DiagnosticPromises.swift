import Diagnostics
import SafeFiles

/// What holds of every list of diagnostics.
enum DiagnosticPromises {
  static func check(_ diagnostics: [Diagnostic]) throws {
    for diagnostic in diagnostics {
      try require(!diagnostic.message.isEmpty, "a diagnostic says nothing")
      try check(diagnostic.span, "of '\(diagnostic.message)'")
      for note in diagnostic.notes { try check(note.span, "of a note of '\(diagnostic.message)'") }
    }
    let shown = Array(diagnostics.prefix(20))
    let text = TextRenderer().render(shown)
    try require(text.utf8.count <= 60_000, "twenty diagnostics take \(text.utf8.count) bytes")
    for line in JSONRenderer().render(shown).split(separator: "\n") {
      try require((try? JSONReader.read(Array(line.utf8))) != nil, "no JSON: \(line)")
    }
    let lines = GitHubRenderer().render(shown).split(separator: "\n")
    try require(
      lines.allSatisfy { $0.hasPrefix("::error") || $0.hasPrefix("::warning") },
      "a diagnostic breaks out of its annotation")
  }

  private static func check(_ span: SourceSpan?, _ what: String) throws {
    guard let span else { return }
    let range = span.range
    try require(
      range.lowerBound >= 0 && range.upperBound <= span.file.bytes.count,
      "the place \(range) \(what) lies outside of \(span.file.bytes.count) bytes")
  }
}
