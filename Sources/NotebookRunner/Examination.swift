import Diagnostics
import NotebookLanguage

/// Looks at a notebook, its cache and its committed results without computing anything.
struct Examination {
  private let runner: Runner
  private let committed: CommittedResults?
  private var results: RunResults

  init(_ runner: Runner, committed: CommittedResults?) {
    self.runner = runner
    self.committed = committed
    results = RunResults(checked: runner.checked)
  }

  /// One status for each cell whose value is kept, in document order.
  ///
  /// - Throws: `CancellationError`.
  func statuses() throws -> [CellStatus] {
    var copy = self
    return try copy.examineAll()
  }

  private mutating func examineAll() throws -> [CellStatus] {
    var statuses: [Int: [CellStatus]] = [:]
    for index in runner.checked.order where runner.checked.cells[index].source.options.eval.value {
      try Task.checkCancellation()
      let planned = runner.checked.cells[index]
      guard type(of: planned.cell).isStored else { continue }
      statuses[index] = try examine(index, planned)
    }
    return statuses.sorted { $0.key < $1.key }.flatMap(\.value)
  }

  private mutating func examine(_ index: Int, _ planned: PlannedCell) throws -> [CellStatus] {
    let name = runner.checked.name(ofCell: index)
    var statuses: [CellStatus] = []
    var variants: [VariantResult] = []
    for variant in planned.variants {
      let old = committed?.variant(ofCell: name, address: variant.address)
      var status = CellStatus(
        index: index, address: variant.address,
        cell: ([name] + variant.address).joined(separator: "/"), kind: planned.source.kind,
        reasons: [], isCached: false, seconds: old?.result.seconds)
      status.span = planned.source.options.label?.span ?? planned.source.kindSpan
      do {
        let identified = try identify(planned, variant, known: old?.key.files ?? [:])
        status.key = identified.key
        status.otherMachine = old.flatMap { identified.key.machineChange(since: $0.key) }
        status.reasons = reasons(old, identified.key, planned)
        let kept = runner.kept(identified.key, of: planned, at: variant.address)
        status.isCached = kept != nil
        if let stored = status.isFresh ? old?.result : kept ?? old?.result {
          status.seconds = stored.seconds
          variants.append(identified.result(stored, at: variant.address))
        }
      } catch let error as Diagnostic {
        status.reasons = [error.message]
      } catch let error as DiagnosticList {
        status.reasons = error.diagnostics.map(\.message)
      } catch let error as Unknown {
        status.reasons = [error.reason]
      }
      statuses.append(status)
    }
    if variants.count == planned.variants.count {
      let record = Value.swept(
        over: planned.axes,
        variants.map { ($0.address, $0.stored?.value ?? $0.value.expressionValue) })
      results.set(
        CellResult(state: .cached, variants: variants, record: record), ofCell: index)
    }
    return statuses
  }

  /// A key that cannot be known before something has been computed.
  private struct Unknown: Error {
    var reason: String
  }

  private func identify(
    _ planned: PlannedCell, _ variant: PlannedCell.Variant, known: [String: String]
  ) throws -> Runner.Identified {
    var inputs: [String: String] = [:]
    for input in planned.inputs {
      let source = runner.checked.cells[input].source
      guard type(of: runner.checked.cells[input].cell).isStored else { continue }
      guard let result = results.cells[input] else {
        throw Unknown(reason: "'\(source.description)' has to be computed first")
      }
      if let label = source.label { inputs[label] = result.contentKey }
    }
    return try runner.identified(
      planned, variant, after: results, inputs: inputs, known: known)
  }

  private func reasons(
    _ old: CommittedResults.Variant?, _ new: ValueKey, _ planned: PlannedCell
  ) -> [String] {
    guard let committed else { return ["there are no results yet"] }
    guard let old else { return ["it is not in \(committed.path)"] }
    if old.isEdited { return ["its value was edited"] }
    guard old.key.content != new.content else { return [] }
    let parameters = planned.source.expressions.values.flatMap(\.parameterNames)
    let changed = Set(parameters).sorted().compactMap { name -> String? in
      guard let value = runner.checked.parameters[name].map({ DisplayedValue($0).text }),
        let before = committed.parameters[name], before != value
      else { return nil }
      return "the parameter '\(name)' changed from \(before) to \(value)"
    }
    return changed + new.changes(since: old.key)
  }
}

extension ValueKey {
  /// In words, how the machine differs from that of an earlier key: `threads 2, now 1`.
  func machineChange(since old: ValueKey) -> String? {
    guard host != old.host else { return nil }
    return Set(host.keys).union(old.host.keys).sorted().filter { host[$0] != old.host[$0] }
      .map { "\($0) \(old.host[$0] ?? "unknown"), now \(host[$0] ?? "unknown")" }
      .joined(separator: "; ")
  }

  /// In words, what differs from an earlier key.
  func changes(since old: ValueKey) -> [String] {
    var changes: [String] = []
    if cell != old.cell { changes.append("its cell is defined anew (\(old.cell), now \(cell))") }
    if engine != old.engine {
      changes.append("the engine's arithmetic changed (\(old.engine), now \(engine))")
    }
    for path in Set(settings.keys).union(old.settings.keys).sorted()
    where path != "count" && !path.hasSuffix(".count") {
      switch (old.settings[path], settings[path]) {
      case (let before?, let now?) where before != now:
        changes.append("'\(path)' changed from \(before) to \(now)")
      case (nil, let now?): changes.append("'\(path)' is new: \(now)")
      case (let before?, nil): changes.append("'\(path)' is gone (it was \(before))")
      default: break
      }
    }
    for file in Set(files.keys).union(old.files.keys).sorted() where files[file] != old.files[file]
    {
      changes.append("the file '\(file)' changed")
    }
    for label in inputs.keys.sorted() {
      if let before = old.inputs[label], before != inputs[label] {
        changes.append("'\(label)' changed")
      }
    }
    return changes.isEmpty ? ["its inputs changed"] : changes
  }
}

extension Expression {
  /// The parameters that the expression reads.
  fileprivate var parameterNames: [String] {
    paths.filter { $0.count > 1 && $0[0].name == "params" }.map { $0[1].name }
  }
}
