/// Mistakes that were found together: all of them are shown, not the first alone.
public struct DiagnosticList: Error, Hashable, Sendable {
  public var diagnostics: [Diagnostic]

  public init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}
