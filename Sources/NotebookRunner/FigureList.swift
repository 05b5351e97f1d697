import NotebookLanguage

/// The figures of a results file by their paths, lists left out: samples are no results of their own.
struct FigureList {
  struct Figure {
    var value: Double
    var error: Double?
    /// 95 % interval of a ratio; nil where it has none, or where the machine was busy.
    var interval: ClosedRange<Double>?
  }

  private(set) var figures: [String: Figure] = [:]

  init(_ results: CommittedResults) {
    for (name, entry) in results.cells {
      for variant in entry.variants {
        let path = ([name] + variant.address).joined(separator: ".")
        add(variant.result.value, at: path)
      }
    }
  }

  private mutating func add(_ value: Value, at path: String) {
    switch value {
    case .number(let number): figures[path] = Figure(value: number.value, error: number.error)
    case .record(let record):
      for field in record.fields { add(field.value, at: "\(path).\(field.name)") }
      if let ratio = record["ratio"], !Self.isNoisy(record),
        let low = ratio[path: "low"]?.asNumber?.value,
        let high = ratio[path: "high"]?.asNumber?.value, low <= high
      {
        figures["\(path).ratio.value"]?.interval = low...high
      }
    case .text, .bool, .list, .displayed: break
    }
  }

  /// Whether times before or after were taken while the machine was busy.
  private static func isNoisy(_ record: Record) -> Bool {
    ["before.noisy", "after.noisy"].contains { Value.record(record)[path: $0] == .bool(true) }
  }

  /// By the names that results have: everything under `latency` and `growth` is a time but the ratios,
  /// and resident memory is what the machine gave.
  static func kind(of path: String) -> ResultsDifference.Kind {
    let names = path.split(separator: ".")
    let isTime = names.contains("latency") || names.contains("growth")
    if isTime { return names.suffix(2) == ["ratio", "value"] ? .ratio : .measured }
    if ["error", "low", "high"].contains(names.last) { return .uncertainty }
    return names.last == "peak" ? .measured : .computed
  }
}
