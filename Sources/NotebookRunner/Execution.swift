import Diagnostics
import NotebookLanguage

/// One run of a notebook: what has been computed so far, and how the next cell gets its inputs.
///
/// A value that was kept is not computed until a cell asks for more than what expressions see of it.
actor Execution {
  /// One computation: a cell, and which of its variants.
  private struct Unit: Hashable {
    var cell: Int
    var variant: Int
  }

  private let runner: Runner
  private var results: RunResults
  /// Values that are there, not only what is kept of them.
  private var computed: [Unit: any CellValue] = [:]
  private var hasStopped = false

  private var checked: CheckedNotebook { runner.checked }

  init(_ runner: Runner) {
    self.runner = runner
    results = RunResults(checked: runner.checked, committed: runner.options.frozen)
  }

  /// - Throws: `CancellationError` alone.
  func run() async throws -> RunResults {
    runner.onEvent(.results(results))
    for (position, index) in checked.order.enumerated() {
      let planned = checked.cells[index]
      let missing = planned.inputs.first { results.cells[$0]?.record == nil }
      if hasStopped || missing != nil || !planned.source.options.eval.value {
        results.set(
          CellResult(
            state: .skipped(missing: missing.map { checked.cells[$0].source.description })),
          ofCell: index)
        continue
      }
      let name = planned.source.description
      runner.onEvent(.started(cell: name, index: position, count: checked.order.count))
      let clock = ContinuousClock()
      let start = clock.now
      let result = try await result(ofCell: index)
      results.set(result, ofCell: index)
      if case .failed = result.state {
        runner.onEvent(.failed(cell: name))
        hasStopped = !isIntended(planned) && !runner.options.keepGoing
      } else {
        runner.onEvent(
          .finished(
            cell: name, seconds: (clock.now - start) / .seconds(1), state: result.state.name))
      }
      runner.onEvent(.results(results))
    }
    return results
  }

  private func isIntended(_ cell: PlannedCell) -> Bool {
    cell.source.options.error
  }

  /// The cell's result; its mistakes are a result too.
  private func result(ofCell index: Int) async throws -> CellResult {
    let planned = checked.cells[index]
    do {
      let limit = planned.source.options.timeout ?? runner.options.timeout
      return try await TimeLimit.run(limit, at: planned.source) {
        try await self.computedResult(ofCell: index)
      }
    } catch let error as CancellationError {
      throw error
    } catch let error as Diagnostic {
      return failed([error])
    } catch let error as DiagnosticList {
      return failed(error.diagnostics)
    } catch {
      return failed([
        Diagnostic(
          .cellFailed, "\(planned.source.description): \(error)", at: planned.source.kindSpan)
      ])
    }
  }

  private func failed(_ diagnostics: [Diagnostic]) -> CellResult {
    CellResult(state: .failed(diagnostics.map { $0.calling(filesBelow: runner.folder) }))
  }

  private func computedResult(ofCell index: Int) async throws -> CellResult {
    let planned = checked.cells[index]
    var variants: [VariantResult] = []
    var isComputed = false
    for number in planned.variants.indices {
      try Task.checkCancellation()
      let (variant, isNew) = try await result(of: Unit(cell: index, variant: number))
      variants.append(variant)
      isComputed = isComputed || isNew
    }
    let record = Value.swept(
      over: planned.axes,
      variants.map { ($0.address, $0.stored?.value ?? $0.value.expressionValue) })
    let isFrozen = runner.options.frozen != nil && type(of: planned.cell).isStored
    return CellResult(
      state: isFrozen ? .frozen : isComputed ? .computed : .cached, variants: variants,
      record: record)
  }

  private func result(of unit: Unit) async throws -> (VariantResult, isNew: Bool) {
    let planned = checked.cells[unit.cell]
    let variant = planned.variants[unit.variant]
    let isStored = type(of: variant.cell).isStored
    let frozen =
      isStored
      ? runner.options.frozen?.variant(
        ofCell: checked.name(ofCell: unit.cell), address: variant.address) : nil
    // What is rendered as it was committed needs nothing of elsewhere.
    if frozen == nil { try await fetch(planned, variant) }
    let identified = try runner.identified(
      planned, variant, after: results, inputs: inputKeys(of: planned),
      known: frozen?.key.files ?? [:])
    if let frozen {
      note(frozen.key, measuredElsewhereThan: identified.key, planned)
      return (
        identified.result(frozen.result, at: variant.address, under: frozen.key), false
      )
    }
    let policy =
      isStored ? runner.cachePolicy(ofCell: unit.cell, at: variant.address) : .off
    if policy == .use, let kept = runner.kept(identified.key, of: planned, at: variant.address) {
      return (identified.result(kept, at: variant.address), false)
    }
    let clock = ContinuousClock()
    let start = clock.now
    let (value, savedSeconds) = try await compute(unit, identified, policy)
    let stored = StoredResult(
      value: value.expressionValue.measured(with: runner.options.setting),
      provenance: value.provenance,
      seconds: (clock.now - start) / .seconds(1) + savedSeconds)
    // A cancelled task's record need not be whole.
    try Task.checkCancellation()
    computed[unit] = value
    if policy != .off { runner.options.cache?.keep(stored, for: identified.key.hash) }
    return (identified.result(stored, at: variant.address, computed: value), true)
  }

  /// Brings to this machine what the cell reads.
  private func fetch(_ planned: PlannedCell, _ variant: PlannedCell.Variant) async throws {
    let name = planned.source.description
    let onEvent = runner.onEvent
    try await planned.resolved(variant, in: results.scope).fetch(
      in: FetchContext(folder: runner.folder(of: planned), isOffline: runner.options.isOffline) {
        onEvent(.progress(cell: name, $0))
      })
  }

  /// Says that frozen figures were taken on another machine, where that matters.
  private func note(
    _ frozen: ValueKey, measuredElsewhereThan here: ValueKey, _ planned: PlannedCell
  ) {
    guard let change = here.machineChange(since: frozen) else { return }
    results.remarks.append("'\(planned.source.description)' was measured elsewhere: \(change)")
  }

  // MARK: - Inputs

  /// Content keys of the cells that a cell needs, by label.
  private func inputKeys(of planned: PlannedCell) -> [String: String] {
    var keys: [String: String] = [:]
    for input in planned.inputs {
      if let label = checked.cells[input].source.label, let result = results.cells[input] {
        keys[label] = result.contentKey
      }
    }
    return keys
  }

  /// The value, and how long those parts of it took once that were kept.
  private func compute(
    _ unit: Unit, _ identified: Runner.Identified, _ policy: CellOptions.Cache
  ) async throws -> (value: any CellValue, savedSeconds: Double) {
    let planned = checked.cells[unit.cell]
    let name = planned.source.description
    var inputs: [String: [CellInput]] = [:]
    for input in planned.inputs {
      guard let label = checked.cells[input].source.label, let result = results.cells[input] else {
        continue
      }
      inputs[label] = result.variants.enumerated().map { number, variant in
        CellInput(
          axes: checked.cells[input].axes, address: variant.address,
          key: variant.key?.content ?? "",
          record: variant.stored?.value ?? variant.value.expressionValue
        ) {
          try await self.value(of: Unit(cell: input, variant: number))
        }
      }
    }
    let onEvent = runner.onEvent
    let kept =
      policy == .off
      ? nil
      : runner.options.cache?.parts(
        engine: runner.options.engine, setting: runner.options.setting, reads: policy == .use,
        droppedDamage: { onEvent(.droppedDamage("a part of the result of \(name)")) })
    let parts = kept ?? PartMemory()
    let context = CellContext(
      inputs: inputs, folder: runner.folder(of: planned), scope: results.scope,
      files: identified.files, settings: identified.key.settings, parts: parts,
      cacheFolder: policy == .use ? runner.options.cache?.folder : nil,
      droppedDamage: { onEvent(.droppedDamage($0)) }
    ) {
      onEvent(.progress(cell: name, $0))
    }
    return (try await identified.cell.run(in: context), parts.savedSeconds)
  }

  /// The value of a unit, computed now where only its facts were kept.
  private func value(of unit: Unit) async throws -> any CellValue {
    if let value = computed[unit] { return value }
    let planned = checked.cells[unit.cell]
    let variant = planned.variants[unit.variant]
    let identified = try runner.identified(
      planned, variant, after: results, inputs: inputKeys(of: planned))
    let policy = runner.cachePolicy(ofCell: unit.cell, at: variant.address)
    let value = try await compute(unit, identified, policy).value
    computed[unit] = value
    return value
  }
}
