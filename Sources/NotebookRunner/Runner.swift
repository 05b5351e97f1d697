import Diagnostics
public import NotebookLanguage

/// Runs the cells of a checked notebook, each after those that it needs.
public struct Runner: Sendable {
  /// What a run tells while it goes on.
  public enum Event: Sendable {
    case started(cell: String, index: Int, count: Int)
    case progress(cell: String, CellProgress)
    case finished(cell: String, seconds: Double)
    case failed(cell: String)
  }

  public let checked: CheckedNotebook
  /// The notebook's folder: relative paths in it start here.
  public let folder: String
  public let onEvent: @Sendable (Event) -> Void

  public init(
    _ checked: CheckedNotebook, folder: String, onEvent: @escaping @Sendable (Event) -> Void
  ) {
    self.checked = checked
    self.folder = folder
    self.onEvent = onEvent
  }

  /// Runs what can be run. A failed cell does not throw: it is a result, and ends the run unless the
  /// notebook says `error: true` for it.
  ///
  /// - Throws: `CancellationError` alone.
  public func run() async throws(CancellationError) -> RunResults {
    var results = RunResults(
      cells: [CellResult?](repeating: nil, count: checked.cells.count), checked: checked)
    var hasStopped = false
    for (position, index) in checked.order.enumerated() {
      let cell = checked.cells[index]
      let name = cell.source.description
      let missing = cell.inputs.first { results.cells[$0]?.value == nil }
      if hasStopped || missing != nil || !cell.source.options.eval {
        results.cells[index] = CellResult(
          state: .skipped(missing: missing.map { checked.cells[$0].source.description }))
        continue
      }
      onEvent(.started(cell: name, index: position, count: checked.order.count))
      let clock = ContinuousClock()
      let start = clock.now
      var result = try await run(cell, named: name, after: results)
      result.seconds = (clock.now - start) / .seconds(1)
      results.cells[index] = result
      if case .failed = result.state {
        onEvent(.failed(cell: name))
        hasStopped = !isIntended(cell)
      } else {
        onEvent(.finished(cell: name, seconds: result.seconds))
      }
    }
    return results
  }

  private func isIntended(_ cell: CheckedNotebook.PlannedCell) -> Bool {
    cell.source.options.error ?? checked.notebook.frontMatter.execute.error
  }

  private func run(
    _ planned: CheckedNotebook.PlannedCell, named name: String, after results: RunResults
  ) async throws(CancellationError) -> CellResult {
    if Task.isCancelled { throw CancellationError() }
    do {
      let scope = results.scope
      let cell = try planned.resolved(in: scope)
      var values: [String: any CellValue] = [:]
      for input in planned.inputs {
        if let label = checked.cells[input].source.label {
          values[label] = results.cells[input]?.value
        }
      }
      let onEvent = onEvent
      let context = CellContext(values: values, folder: folder, scope: scope) {
        onEvent(.progress(cell: name, $0))
      }
      let value = try await cell.run(in: context)
      let inputKeys = planned.inputs.compactMap { results.cells[$0]?.key }
      return CellResult(
        state: .computed, value: value,
        key: CacheKey.of(
          cell: planned, in: scope, inputs: inputKeys, fingerprint: value.fingerprint))
    } catch let error as CancellationError {
      throw error
    } catch let error as Diagnostic {
      return CellResult(state: .failed([error]))
    } catch let error as DiagnosticList {
      return CellResult(state: .failed(error.diagnostics))
    } catch {
      return CellResult(
        state: .failed([
          Diagnostic(.cellFailed, "\(name): \(error)", at: planned.source.kindSpan)
        ]))
    }
  }
}
