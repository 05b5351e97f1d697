import NotebookLanguage

/// The figures of a results file by their paths, lists left out: samples are no results of their own.
struct FigureList {
  struct Figure {
    var value: Double
    var error: Double?
  }

  private(set) var figures: [String: Figure] = [:]

  init(_ results: CommittedResults) {
    for (name, entry) in results.cells {
      for variant in entry.variants {
        let path = ([name] + variant.address).joined(separator: ".")
        add(variant.result.value, at: path, error: nil)
      }
    }
  }

  private mutating func add(_ value: Value, at path: String, error: Double?) {
    switch value {
    case .number(let number):
      figures[path] = Figure(value: number.value, error: number.error ?? error)
    case .record(let record):
      for field in record.fields { add(field.value, at: "\(path).\(field.name)", error: nil) }
    case .text, .bool, .list, .displayed: break
    }
  }

  /// By the names that results have: everything under `latency` and `growth` is a time but the ratios,
  /// and resident memory is what the machine gave.
  static func kind(of path: String) -> ResultsDifference.Kind {
    let names = path.split(separator: ".")
    if names.contains("latency") || names.contains("growth") {
      guard let ratio = names.lastIndex(of: "ratio") else { return .measured }
      // Its interval and error tell how noisy the machine was.
      return names[ratio...].dropFirst().allSatisfy { $0 == "value" } ? .ratio : .measured
    }
    return names.last == "peak" ? .measured : .computed
  }
}
