import Diagnostics

/// What the cells themselves find, each when those that it needs are known.
extension Check {
  /// - Returns: what expressions can know of the cells' values.
  mutating func checkCells(
    _ readings: [Reading?], order: [Int], parameters: [String: Value]
  ) -> KnownNames {
    var scope = CheckScope(
      names: KnownNames(
        shapes: ["params": shape(of: parameters)],
        parameters: ExpressionScope(["params": Self.record(parameters)]),
        areIncomplete: notebook.isPartial))
    // What a cell's value is stays open until its turn comes, and for good where it is in a circle.
    for name in names.keys { scope.names.shapes[name] = .open }
    let namesByCell = Dictionary(grouping: names, by: \.value.cell)
    for index in order {
      guard let reading = readings[index] else { continue }
      scope.folder = files?(notebook.cells[index].folder).folder
      let shape = Shape.swept(
        over: reading.axes,
        reading.variants.map { variant in
          scope.unread = variant.unread
          check(variant, of: reading, index, in: scope)
          let isKnown = reading.isComplete && reading.isWhole && variant.unread.isEmpty
          return (
            variant.planned.address, isKnown ? variant.planned.cell.shape(in: scope) : .open
          )
        })
      for (name, place) in namesByCell[index] ?? [] {
        scope.names.shapes[name] =
          shape.belowAxes(reading.axes.count, path: place.path) ?? .open
      }
      guard let label = notebook.cells[index].label, labels[label] == index else { continue }
      scope.shapes[label] = shape
      let isKnown = reading.isWhole && reading.variants.allSatisfy(\.unread.isEmpty)
      if isKnown { scope.cells[label] = reading.cells.map { ($0, scope.folder) } }
    }
    return scope.names
  }

  private func shape(of parameters: [String: Value]) -> Shape {
    notebook.frontMatter.parameters.isIncomplete ? .open : Shape(of: Self.record(parameters))
  }

  private mutating func check(
    _ variant: Reading.Variant, of reading: Reading, _ index: Int, in scope: CheckScope
  ) {
    guard reading.isComplete else { return }
    let isWhole = reading.isWhole && variant.unread.isEmpty
    // What is missing may be what an unknown key was meant for.
    let mistakes = variant.planned.cell.check(in: scope).filter {
      isWhole || $0.code != .missingKey
    }
    diagnostics += mistakes
    let cell = variant.planned.cell
    guard type(of: cell).fileKeys.allSatisfy(scope.knows) else { return }
    diagnostics += missingFiles(of: cell, index).filter { missing in
      !mistakes.contains { $0.span == missing.span }
    }
  }

  private func missingFiles(of cell: any Cell, _ index: Int) -> [Diagnostic] {
    guard let files, let problem = cell.problemOfFiles(in: files(notebook.cells[index].folder)),
      // What is not here yet, a run brings here.
      problem.code != .notDownloaded
    else { return [] }
    return [problem]
  }
}
