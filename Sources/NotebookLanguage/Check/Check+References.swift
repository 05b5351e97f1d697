import Diagnostics

/// Cross references and footnotes: each leads to something that is shown.
extension Check {
  /// Numbers the tables, figures and labelled sections, and reports references to none of them.
  mutating func readReferences() -> [String: ReferenceTarget] {
    let targets = referenceTargets
    guard !notebook.isPartial else { return targets }
    // Beyond a thousand mistakes nobody reads on.
    var problems: [Diagnostic] = []
    for reference in notebook.references where problems.count < 1000 {
      if let problem = problem(with: reference, among: targets) { problems.append(problem) }
    }
    diagnostics += problems
    diagnostics += notebook.footnoteMistakes
    return targets
  }

  private var referenceTargets: [String: ReferenceTarget] {
    var targets: [String: ReferenceTarget] = [:]
    var counts: [CaptionKind: Int] = [:]
    for source in notebook.cells {
      guard let label = source.label, let kind = captionKind(ofCell: source.kind),
        label.hasPrefix(kind.prefix), source.options.isShown
      else { continue }
      counts[kind, default: 0] += 1
      targets[label] = ReferenceTarget(kind: kind.title, number: String(counts[kind] ?? 0))
    }
    for (identifier, number) in SectionNumbers.identified(in: notebook.blocks) {
      targets[identifier] = ReferenceTarget(kind: "Section", number: number)
    }
    return targets
  }

  private func problem(
    with reference: CrossReferences.Found, among targets: [String: ReferenceTarget]
  ) -> Diagnostic? {
    guard targets[reference.label] == nil else { return nil }
    if let hidden = hidden(reference) { return hidden }
    let known = targets.keys.sorted()
    let near = nearestNames(to: reference.label, among: known).first
    return Diagnostic(
      .unresolvedReference, "@\(reference.label) refers to nothing", at: reference.span,
      help: near.map { "did you mean @\($0)?" }
        ?? (known.isEmpty ? nil : "known: " + known.map { "@\($0)" }.joined(separator: ", ")))
  }

  /// The mistake of naming a table or figure whose cell keeps it from the report.
  private func hidden(_ reference: CrossReferences.Found) -> Diagnostic? {
    guard let index = labels[reference.label] else { return nil }
    let source = notebook.cells[index]
    guard let kind = captionKind(ofCell: source.kind)?.title.lowercased(),
      !source.options.isShown
    else { return nil }
    let isRun = source.options.eval.value
    return Diagnostic(
      .unevaluatedCell,
      "@\(reference.label) refers to a \(kind) that is not shown"
        + (isRun ? "" : ": its cell is not run"), at: reference.span,
      notes: [
        isRun
          ? Diagnostic.Note(
            "this cell has 'output: false' or 'include: false'", at: source.kindSpan)
          : Diagnostic.Note("'eval: false' stands here", at: source.options.eval.span)
      ])
  }
}
