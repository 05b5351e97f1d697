import NotebookLanguage

/// The figures of a results file by their paths, lists left out: samples are no results of their own.
struct FigureList {
  struct Figure {
    var value: Double
    var error: Double?
    /// 95 % interval, where the record that the figure is the value of has one.
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
      if let low = record["low"]?.asNumber?.value, let high = record["high"]?.asNumber?.value,
        low <= high
      {
        figures["\(path).value"]?.interval = low...high
      }
    case .text, .bool, .list, .displayed: break
    }
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
