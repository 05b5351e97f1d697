public import Diagnostics

extension Notebook {
  /// Everything that can be wrong with the notebook without running it.
  ///
  /// - Parameters:
  ///   - cellTypes: the directives that there are.
  ///   - settings: values given to parameters; of two for one parameter the later counts.
  ///   - files: how files are looked at whose paths start at a folder, relative to the notebook's own;
  ///     nil where that is left to the run.
  /// - Throws: every mistake at once, those of form among them, in the order of their places. Warnings
  ///   alone are no mistakes: `CheckedNotebook.warnings`.
  public func checked(
    cellTypes: [any Cell.Type], settings: [ParameterSetting] = [],
    files: ((_ folder: String) -> FileScope)? = nil
  ) throws(DiagnosticList) -> CheckedNotebook {
    var check = Check(notebook: self, cellTypes: cellTypes, files: files)
    return try check.run(settings: settings)
  }

  /// Mistakes in the order of their places in the notebook and then in what it includes, each once; those
  /// without a place there come first.
  public func inOrder(_ mistakes: [Diagnostic]) -> [Diagnostic] {
    var seen: Set<Diagnostic> = []
    let once = mistakes.filter { seen.insert($0).inserted }
    let keys = once.enumerated().map { offset, diagnostic -> (Int, Int, Int) in
      let span = diagnostic.span
      let file = span.flatMap { fileNames.firstIndex(of: $0.file.name) } ?? -1
      return (file, span?.range.lowerBound ?? -1, offset)
    }
    return once.indices.sorted { keys[$0] < keys[$1] }.map { once[$0] }
  }
}

/// One check of a notebook. Each file `Check+….swift` looks at one thing; what one finds out, those after
/// it use.
struct Check {
  let notebook: Notebook
  let cellTypes: [any Cell.Type]
  let files: ((_ folder: String) -> FileScope)?
  var diagnostics: [Diagnostic] = []
  /// Number of the cell with each label.
  var labels: [String: Int] = [:]
  /// Number of the cell that each name of expressions belongs to, and the path in its value.
  var names: [String: (cell: Int, path: String)] = [:]

  init(
    notebook: Notebook, cellTypes: [any Cell.Type],
    files: ((_ folder: String) -> FileScope)?
  ) {
    self.notebook = notebook
    self.cellTypes = cellTypes
    self.files = files
    diagnostics = notebook.mistakes
  }

  mutating func run(settings: [ParameterSetting]) throws(DiagnosticList) -> CheckedNotebook {
    let parameters = readParameters(settings)
    readLabels()
    let readings = notebook.cells.map { readBody(of: $0, parameters: parameters) }
    readPublishedNames(readings)
    let inputs = notebook.cells.indices.map { findInputs(of: $0, cells: readings[$0]?.cells ?? []) }
    let order = DependencyGraph(inputs: inputs).order
    report(circle: order.circle)
    let names = checkCells(readings, order: order.runnable, parameters: parameters)
    checkExpressions(readings, against: names)
    let references = readReferences()
    checkLinks(references: references)
    let citations = readCitations()
    let found = notebook.inOrder(diagnostics)
    guard !found.contains(where: { $0.severity == .error }) else { throw DiagnosticList(found) }
    let planned = zip(notebook.cells, zip(readings, inputs)).compactMap { source, rest in
      rest.0.map {
        PlannedCell(
          source: source, axes: $0.axes, variants: $0.variants.map(\.planned), inputs: rest.1)
      }
    }
    return CheckedNotebook(
      notebook: notebook, parameters: parameters, cells: planned, order: order.runnable,
      references: references, citations: citations, warnings: found)
  }
}
