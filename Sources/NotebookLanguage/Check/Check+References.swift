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
    var counts: [String: Int] = [:]
    for source in notebook.cells {
      guard let label = source.label else { continue }
      for (prefix, kind) in [("tbl-", "Table"), ("fig-", "Figure")] where label.hasPrefix(prefix) {
        counts[kind, default: 0] += 1
        targets[label] = ReferenceTarget(kind: kind, number: String(counts[kind] ?? 0))
      }
    }
    for (identifier, number) in SectionNumbers.identified(in: notebook.blocks) {
      targets[identifier] = ReferenceTarget(kind: "Section", number: number)
    }
    return targets
  }

  private func problem(
    with reference: CrossReferences.Found, among targets: [String: ReferenceTarget]
  ) -> Diagnostic? {
    guard let target = targets[reference.label] else {
      let known = targets.keys.sorted()
      let near = nearestNames(to: reference.label, among: known).first
      return Diagnostic(
        .unresolvedReference, "@\(reference.label) refers to nothing", at: reference.span,
        help: near.map { "did you mean @\($0)?" }
          ?? (known.isEmpty ? nil : "known: " + known.map { "@\($0)" }.joined(separator: ", ")))
    }
    guard let index = labels[reference.label] else { return nil }
    let eval = notebook.cells[index].options.eval
    guard !eval.value else { return nil }
    return Diagnostic(
      .unevaluatedCell,
      "@\(reference.label) refers to a \(target.kind.lowercased()) that is not shown: its cell is "
        + "not run", at: reference.span,
      notes: [Diagnostic.Note("'eval: false' stands here", at: eval.span)])
  }
}
