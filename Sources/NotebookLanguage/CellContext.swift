public import Diagnostics

/// What a running cell gets: the values it named, its folder, and where to report progress.
public struct CellContext: Sendable {
  /// What each label that the cell names stands for; several values for a cell that was swept.
  let inputs: [String: [CellInput]]
  /// The notebook's folder, as a path: relative paths in the notebook start here.
  public let folder: String
  /// The names that expressions can use at this point.
  public let scope: ExpressionScope
  /// What `Cell.files` gave.
  public let files: [ReadFile]
  /// The settings that decide the value, by their paths.
  public let settings: [String: String]
  /// Where parts of the value are kept between runs.
  public let parts: PartMemory
  /// Folder for what a cell keeps by itself, such as quantized tensors; nil where nothing is to be kept.
  public let cacheFolder: String?
  /// Is told what a damaged entry of the cache held, which was dropped.
  public let droppedDamage: @Sendable (String) -> Void
  public let progress: @Sendable (CellProgress) -> Void

  public init(
    inputs: [String: [CellInput]], folder: String, scope: ExpressionScope, files: [ReadFile] = [],
    settings: [String: String] = [:], parts: PartMemory = PartMemory(), cacheFolder: String? = nil,
    droppedDamage: @escaping @Sendable (String) -> Void = { _ in },
    progress: @escaping @Sendable (CellProgress) -> Void
  ) {
    self.inputs = inputs
    self.folder = folder
    self.scope = scope
    self.files = files
    self.settings = settings
    self.parts = parts
    self.cacheFolder = cacheFolder
    self.droppedDamage = droppedDamage
    self.progress = progress
  }

  /// The value of a cell that this one named. It is computed now if only its facts were kept.
  public func value<Target>(of label: Label<Target>) async throws -> Target {
    let found = try variants(label)
    if let axes = found.first?.axes, !axes.isEmpty,
      let record = Value.swept(over: axes, found.map { ($0.address, $0.record) }),
      let target = Target.from(record: record)
    {
      return target
    }
    return try await input(label).value(as: Target.self, at: label)
  }

  /// What the label stands for, not computed yet.
  public func input<Target>(_ label: Label<Target>) throws(Diagnostic) -> CellInput {
    let found = try variants(label)
    guard found.count == 1, let only = found.first else {
      throw Diagnostic(
        .wrongKindOfLabel,
        "'\(label.text)' is a sweep of \(found.count) values; one is needed here",
        at: label.span)
    }
    return only
  }

  /// The values that a label stands for: one, or each of a sweep.
  public func variants<Target>(_ label: Label<Target>) throws(Diagnostic) -> [CellInput] {
    guard let found = inputs[label.text] else {
      throw .unknown(
        "label", label.text, among: inputs.keys.sorted(), .unknownLabel, at: label.span)
    }
    return found
  }
}

/// A value that a cell can name, computed when it is asked for.
public struct CellInput: Sendable {
  /// The axes of the sweep that it belongs to, the outermost first; empty where there is none.
  public let axes: [String]
  /// Which of a sweep's values it is: one name for each axis.
  public let address: [String]
  /// Identifies the value: equal keys, equal values.
  public let key: String
  /// What expressions see of it.
  public let record: Value
  private let compute: @Sendable () async throws -> any CellValue

  public init(
    axes: [String] = [], address: [String] = [], key: String, record: Value,
    compute: @escaping @Sendable () async throws -> any CellValue
  ) {
    self.axes = axes
    self.address = address
    self.key = key
    self.record = record
    self.compute = compute
  }

  /// The value itself.
  ///
  /// - Throws: `wrongKindOfLabel` if it is another type's, and what computing it throws.
  public func value<Target>(
    as type: Target.Type = Target.self, at label: Label<Target>
  ) async throws -> Target {
    if let found = Target.from(record: record) { return found }
    guard let target = Target.from(try await compute()) else {
      throw Diagnostic(
        .wrongKindOfLabel, "'\(label.text)' is not \(Label<Target>.typeName)", at: label.span)
    }
    return target
  }
}
