public import Diagnostics

/// A file of parameters: a YAML mapping of names to single values and lists of them.
public enum ParameterFile {
  /// - Throws: every mistake of form; names and types are the notebook's to check.
  public static func parse(_ file: SourceFile) throws(DiagnosticList) -> [ParameterSetting] {
    let source = NotebookSource(file)
    var diagnostics = source.mistakes
    if let place = source.place(0) {
      diagnostics.append(
        Diagnostic(.expressionSyntax, "a file of parameters holds no expressions", at: place.span))
    }
    let lines = (1...file.lineCount).map {
      (text: source.text.line($0), offset: source.text.offset(ofLine: $0))
    }
    let (root, mistakes) = YAMLReader.read(lines, of: source)
    diagnostics += mistakes
    guard diagnostics.isEmpty else { throw DiagnosticList(diagnostics) }
    guard let root, !root.isNull else { return [] }
    guard case .mapping(let pairs) = root.content else {
      throw DiagnosticList([
        Diagnostic(
          .wrongType, "expected a mapping of parameters to values, found \(root.kind)",
          at: root.span, help: "write a line such as stride: 512 for each parameter")
      ])
    }
    var settings: [ParameterSetting] = []
    for pair in pairs {
      let name = pair.key.scalar ?? ""
      if let text = pair.value.scalar, !pair.value.isNull {
        settings.append(
          ParameterSetting(
            name: name, text: text, nameSpan: pair.key.span, textSpan: pair.value.span))
      } else if case .sequence(let nodes) = pair.value.content,
        nodes.allSatisfy({ $0.scalar != nil && !$0.isNull })
      {
        let entries = nodes.compactMap(\.scalar)
        settings.append(
          ParameterSetting(
            name: name, text: entries.joined(separator: ","), entries: entries,
            nameSpan: pair.key.span, textSpan: pair.value.span))
      } else {
        let found =
          pair.value.isNull
          ? "nothing" : pair.value.isMapping ? "a mapping" : "a list of something else"
        diagnostics.append(
          Diagnostic(
            .invalidParameter,
            "the parameter '\(name)' is a single value or a list of them, not \(found)",
            at: pair.value.isNull ? pair.key.span : pair.value.span))
      }
    }
    guard diagnostics.isEmpty else { throw DiagnosticList(diagnostics) }
    return settings
  }
}
