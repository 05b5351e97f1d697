public import Diagnostics
public import NotebookLanguage

/// What became of a cell.
public struct CellResult: Sendable {
  public enum State: Sendable {
    case computed
    case failed([Diagnostic])
    /// Not run, because the named cell has no value or because the run had ended.
    case skipped(missing: String?)
  }

  public var state: State
  public var value: (any CellValue)?
  /// SHA-256 over all that the value depends on.
  public var key: String?
  public var seconds = 0.0

  init(state: State, value: (any CellValue)? = nil, key: String? = nil) {
    self.state = state
    self.value = value
    self.key = key
  }
}

/// What became of all the cells of a notebook.
public struct RunResults: Sendable {
  /// One entry a cell, in document order; nil for a cell whose turn has not come.
  public internal(set) var cells: [CellResult?]
  public let checked: CheckedNotebook

  /// The mistakes of all failed cells.
  public var failures: [Diagnostic] {
    cells.flatMap { result -> [Diagnostic] in
      if case .failed(let diagnostics)? = result?.state { diagnostics } else { [] }
    }
  }

  /// The failures that no cell's `error: true` allows.
  public var unintendedFailures: [Diagnostic] {
    zip(cells, checked.cells).flatMap { result, cell -> [Diagnostic] in
      guard case .failed(let diagnostics)? = result?.state else { return [] }
      let isIntended = cell.source.options.error ?? checked.notebook.frontMatter.execute.error
      return isIntended ? [] : diagnostics
    }
  }

  /// What authors expected and what does not hold. The report is written all the same.
  public var unmetExpectations: [Diagnostic] {
    cells.flatMap { $0?.value?.unmetExpectations ?? [] }
  }

  /// Every name that an expression can use, with the values there are so far.
  public var scope: ExpressionScope {
    var names: [String: Value] = [:]
    var parameters = Record()
    for name in checked.parameters.keys.sorted() { parameters[name] = checked.parameters[name] }
    names["params"] = .record(parameters)
    for (cell, result) in zip(checked.cells, cells) {
      guard let value = result?.value?.expressionValue else { continue }
      if let label = cell.source.label { names[label.replacing("-", with: "_")] = value }
      for published in cell.cell.publishedNames {
        names[published.name] = value[path: published.path]
      }
    }
    return ExpressionScope(names)
  }
}
