import Diagnostics

/// Which cell needs which: by the labels that its keys name, and by the names in its expressions.
extension Check {
  mutating func findInputs(of index: Int, cells: [any Cell]) -> [Int] {
    var inputs: Set<Int> = []
    for label in cells.flatMap(\.labels) {
      guard let target = target(of: label, for: index) else { continue }
      refuseUnevaluated(target, called: label.text, at: label.span, by: index)
      inputs.insert(target)
    }
    let expressions = Array(notebook.cells[index].expressions.values)
    for step in (expressions + cells.flatMap(\.expressions)).flatMap(\.rootNames) {
      guard let target = names[step.name] else { continue }
      refuseUnevaluated(target.cell, called: step.name, at: step.span, by: index)
      inputs.insert(target.cell)
    }
    return inputs.sorted()
  }

  /// The cell that a label names; nil, with its mistake, where there is none of the kind that is needed.
  private mutating func target(of label: AnyLabel, for user: Int) -> Int? {
    guard let target = labels[label.text] else {
      if notebook.isPartial { return nil }
      let help = suggestion(for: label, in: user)
      diagnostics.append(
        Diagnostic(
          .unknownLabel, "no cell is labelled '\(label.text)'", at: label.span, help: help))
      return nil
    }
    let kind = notebook.cells[target].kind
    guard label.kinds.isEmpty || label.kinds.contains(kind) else {
      diagnostics.append(
        Diagnostic(
          .wrongKindOfLabel,
          "'\(label.text)' is a \(kind) cell; a \(label.kinds.joined(separator: " or ")) cell is "
            + "needed here", at: label.span,
          notes: [
            Diagnostic.Note("it is defined here", at: notebook.cells[target].kindSpan)
          ]))
      return nil
    }
    return target
  }

  /// Labels of the kinds that fit, before those of any kind; never that of the cell itself.
  private func suggestion(for label: AnyLabel, in user: Int) -> String? {
    let known = labels.keys.sorted().filter { labels[$0] != user }
    let fitting = known.filter { name in
      guard let index = labels[name] else { return false }
      return label.kinds.isEmpty || label.kinds.contains(notebook.cells[index].kind)
    }
    guard let near = nearestNames(to: label.text, among: fitting).first, let index = labels[near]
    else { return Diagnostic.suggestion(for: label.text, among: fitting.isEmpty ? known : fitting) }
    let cell = notebook.cells[index]
    return "did you mean '\(near)' (a \(cell.kind) cell, line \(cell.kindSpan.line))?"
  }

  /// Reports that something needs a cell which `eval: false` keeps from running.
  ///
  /// - Parameter user: the cell that needs it, which may not be run either; nil for prose.
  mutating func refuseUnevaluated(
    _ target: Int, called name: String, at span: SourceSpan?, by user: Int?
  ) {
    let eval = notebook.cells[target].options.eval
    guard !eval.value, user.map({ notebook.cells[$0].options.eval.value }) ?? true else { return }
    diagnostics.append(
      Diagnostic(
        .unevaluatedCell, "'\(name)' is not run, but its value is needed here", at: span,
        notes: [Diagnostic.Note("'eval: false' stands here", at: eval.span)],
        help: user == nil
          ? "run it, or take this out" : "run it, or set 'eval: false' for what needs it too"))
  }

  mutating func report(circle: [Int]) {
    guard let first = circle.first else { return }
    let path = (circle + [first]).map { notebook.cells[$0].description }
    diagnostics.append(
      Diagnostic(
        .circularDependency,
        "cells depend on each other in a circle: " + path.joined(separator: " → "),
        at: notebook.cells[first].options.label?.span ?? notebook.cells[first].kindSpan))
  }
}
