/// A mistake of one kind, and the same without it.
public struct DiagnosticExample: Sendable {
  public enum Form: Hashable, Sendable {
    /// Notebooks; `check` tells the mistake.
    case notebook
    /// Notebooks that only a run can tell apart.
    case run
    /// Command lines, in a folder with `report.md`.
    case command
  }

  public var form: Form
  public var mistake: String
  public var cure: String
  /// Other files that both need, by name.
  public var files: [(name: String, text: String)]

  init(
    _ mistake: String, _ cure: String, form: Form = .notebook,
    files: [(name: String, text: String)] = []
  ) {
    self.form = form
    self.mistake = mistake
    self.cure = cure
    self.files = files
  }

  /// The notebook that the command lines name.
  public static let report = """
    ---
    params: {blockSize: 64}
    ---

    ```{load}
    #| label: base
    model: starter
    ```

    ```{quantize}
    #| label: nf4
    of: base
    scheme: nf4
    blockSize: {{ params.blockSize }}
    ```

    NF4 takes {{ nf4.bytes | mib }}.

    """
}
