/// One mistake, as a value: what is wrong, where, and what would help.
///
/// It holds no line, column or colour; a renderer works those out when the mistake is shown.
public struct Diagnostic: Error, Hashable, Sendable {
  public enum Severity: String, Hashable, Sendable { case error, warning }

  public var severity: Severity
  public var code: DiagnosticCode
  /// One sentence without a full stop, such as `unknown scheme 'nf-4'`.
  public var message: String
  /// nil where no text is at fault, such as a wrong `-P` on the command line.
  public var span: SourceSpan?
  /// Second places and circumstances.
  public var notes: [Note]
  public var help: String?

  public struct Note: Hashable, Sendable {
    public var message: String
    public var span: SourceSpan?

    public init(_ message: String, at span: SourceSpan? = nil) {
      self.message = message
      self.span = span
    }
  }

  public init(
    _ code: DiagnosticCode, _ message: String, at span: SourceSpan?, notes: [Note] = [],
    help: String? = nil
  ) {
    severity = code.isWarning ? .warning : .error
    self.code = code
    self.message = Self.shortened(message)
    self.span = span
    self.notes = notes
    self.help = help.map(Self.shortened)
  }

  /// A name in a message may be as long as a hostile notebook.
  private static func shortened(_ text: String) -> String {
    text.utf8.count > 4000 ? String(decoding: text.utf8.prefix(1000), as: UTF8.self) + "…" : text
  }

  /// A name that is none of those known, with the nearest of them.
  public static func unknown(
    _ kind: String, _ name: String, among known: [String], aliases: [String: String] = [:],
    _ code: DiagnosticCode, at span: SourceSpan?
  ) -> Self {
    Self(
      code, "unknown \(kind) '\(name)'", at: span,
      help: suggestion(for: name, among: known, aliases: aliases))
  }

  /// `did you mean 'nf4'? known: fp4, int8, nf4`, or the known names alone where none is near.
  public static func suggestion(
    for name: String, among known: [String], aliases: [String: String] = [:]
  ) -> String? {
    guard !known.isEmpty else { return nil }
    let near = nearestNames(to: name, among: known, aliases: aliases)
    let listed = known.count <= 16 ? "known: " + known.joined(separator: ", ") : nil
    guard !near.isEmpty else { return listed }
    let question = "did you mean " + near.map { "'\($0)'" }.joined(separator: " or ") + "?"
    return [question, listed].compactMap(\.self).joined(separator: " ")
  }
}
