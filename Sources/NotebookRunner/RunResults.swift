public import Diagnostics
public import NotebookLanguage
import Paths

/// What became of a cell.
public struct CellResult: Sendable {
  public enum State: Sendable {
    case computed
    /// Every part of the value was kept from an earlier run.
    case cached
    /// Taken from the committed results.
    case frozen
    case failed([Diagnostic])
    /// Not run, because the named cell has no value or because the run had ended.
    case skipped(missing: String?)

    /// As the results file has it.
    var name: String {
      switch self {
      case .computed: "computed"
      case .cached: "cached"
      case .frozen: "frozen"
      case .failed: "failed"
      case .skipped: "skipped"
      }
    }
  }

  public var state: State
  /// One for each of a sweep's values, else one; empty for a cell without a value.
  public var variants: [VariantResult]
  /// What expressions see; nil for a cell without a value.
  public var record: Value?

  init(state: State, variants: [VariantResult] = [], record: Value? = nil) {
    self.state = state
    self.variants = variants
    self.record = record
  }

  /// The value of a cell that was not swept.
  public var value: (any CellValue)? { variants.count == 1 ? variants[0].value : nil }
  /// How long computing took, in this run or the earlier one that it was kept from.
  public var seconds: Double { variants.reduce(0) { $0 + ($1.stored?.seconds ?? 0) } }
  /// What the contents that the value was made from are called.
  var names: ContentNames {
    variants.reduce(into: ContentNames()) { $0.add($1.names) }
  }
  /// Identifies the value: equal texts, equal values.
  var contentKey: String {
    variants.count == 1
      ? variants[0].key?.content ?? "" : ValueKey.hash([variants.map { $0.key?.content ?? "" }])
  }
}

/// One computation of a cell.
public struct VariantResult: Sendable {
  /// Empty for a cell that was not swept.
  public var address: [String]
  public var value: any CellValue
  public var key: ValueKey?
  /// What is kept of the value.
  public var stored: StoredResult?
  /// What the contents that it was made from are called.
  var names = ContentNames()
}

/// What became of all the cells of a notebook.
public struct RunResults: Sendable {
  /// One entry a cell, in document order; nil for a cell whose turn has not come.
  public private(set) var cells: [CellResult?]
  /// Every name that an expression can use, with the values there are so far. Made once, cell by cell: each
  /// cell asks for it.
  public private(set) var scope: ExpressionScope
  public let checked: CheckedNotebook
  /// The results that were rendered instead of computing; nil for a run that computed.
  public let committed: CommittedResults?
  /// Remarks on the run that are no mistakes, such as figures of another machine.
  public internal(set) var remarks: [String] = []

  init(checked: CheckedNotebook, committed: CommittedResults? = nil) {
    self.checked = checked
    self.committed = committed
    cells = [CellResult?](repeating: nil, count: checked.cells.count)
    var parameters = Record()
    for name in checked.parameters.keys.sorted() { parameters[name] = checked.parameters[name] }
    scope = ExpressionScope(["params": .record(parameters)])
  }

  /// What the report shows in a cell's place.
  func display(ofCell index: Int) -> Display? {
    guard let result = cells[index], let record = result.record else { return nil }
    let planned = checked.cells[index]
    return planned.axes.isEmpty
      ? result.value?.display(of: record) : type(of: planned.cell).display(ofSweep: record)
  }

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
      return cell.source.options.error ? [] : diagnostics
    }
  }

  /// What authors expected and what does not hold, where no `error: true` allows it. The report is written all the same.
  public var unmetExpectations: [Diagnostic] {
    zip(cells, checked.cells).flatMap { result, cell -> [Diagnostic] in
      cell.source.options.error ? [] : (result?.variants ?? []).flatMap(\.value.unmetExpectations)
    }
  }

  /// Whether any value that is kept was computed in this run.
  public var computedAnything: Bool {
    zip(cells, checked.cells).contains { result, cell in
      guard case .computed? = result?.state else { return false }
      return type(of: cell.cell).isStored
    }
  }

  /// The files that values were read from, relative to the notebook's folder where they are not absolute.
  public var filesRead: [String] {
    var files: Set<PathKey> = []
    for (cell, result) in zip(checked.cells, cells) {
      let folder = cell.source.folder
      for name in (result?.variants ?? []).flatMap({ $0.key?.files.keys.map(\.self) ?? [] }) {
        files.insert(PathKey(folder.isEmpty ? name : name.path(from: folder)))
      }
    }
    return files.sorted().map(\.text)
  }

  /// How many results come from this run and how many from earlier ones, for the last section.
  var facts: [(name: String, value: String)] {
    let stored = zip(cells, checked.cells).compactMap { result, cell -> CellResult.State? in
      type(of: cell.cell).isStored ? result?.state : nil
    }
    func count(_ name: String) -> Int { stored.count { $0.name == name } }
    let parts = [
      ("computed", "computed in this run"), ("cached", "kept from earlier runs"),
      ("frozen", "taken from committed results"),
    ].compactMap { name, words in count(name) > 0 ? "\(count(name)) \(words)" : nil }
    let results = parts.isEmpty ? [] : [("Results", parts.joined(separator: ", "))]
    return results + remarks.map { ("Remark", $0) }
  }

  /// Says what became of a cell: its value has its names from now on.
  mutating func set(_ result: CellResult, ofCell index: Int) {
    cells[index] = result
    guard let value = result.record else { return }
    let cell = checked.cells[index]
    if let label = cell.source.label {
      scope.values[label.replacing("-", with: "_")] = value
    }
    for published in cell.cell.publishedNames {
      scope.values[published.name] = value.belowAxes(cell.axes.count, path: published.path)
    }
  }
}
