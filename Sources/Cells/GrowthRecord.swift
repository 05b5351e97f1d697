import Evaluation
import NotebookLanguage

/// `growth` of a result: lists for charts, and one record a length, such as `prefill.at128`, for
/// tables and prose. Times are in milliseconds.
struct GrowthRecord {
  let metric: Growth
  let source: SampleSource

  static func shape(prompts: [Int], contexts: [Int]) -> Shape {
    func points(_ tokens: String, _ lengths: [Int]) -> [Shape.Field] {
      [tokens, "before", "after", "ratio"].map { Shape.Field($0, .list) }
        + lengths.map { Shape.Field(name(of: $0), .record(TimingRecord.fields)) }
    }
    let perToken = Shape.fields(["before": .list, "after": .list])
    return .fields([
      "repetitions": .number, "threads": .number, "kernels": .text,
      "prefill": .record(points("tokens", prompts) + [.init("perToken", perToken)]),
      "decode": .record(points("context", contexts)),
    ])
  }

  /// How growth was measured, in a line.
  static func method(_ metric: Growth, _ result: Growth.Result) -> String {
    "forward passes of \(text(of: metric.prompts)) tokens, and one token decoded after "
      + "\(text(of: metric.contexts)), before and after in turn, \(metric.repetitions) of each, "
      + "\(result.threads) threads; medians"
  }

  private static func text(of lengths: [Int]) -> String {
    lengths.map(String.init).joined(separator: ", ")
  }

  private static func name(of length: Int) -> String { "at\(length)" }

  func make(_ result: Growth.Result) -> Record {
    var prefill = points(result.prefill, "tokens") { "forward pass of \($0) tokens" }
    var perToken = Record()
    for side in ["before", "after"] {
      let times = zip(prefill.numbers(side), metric.prompts).map { time, tokens in
        Number(
          time.value / Double(tokens), unit: time.unit,
          error: time.error.map { $0 / Double(tokens) }, origin: .derived, note: time.note)
      }
      perToken[side] = .list(times.map { .number($0) })
    }
    prefill["perToken"] = .record(perToken)
    return Record([
      "repetitions": .count(metric.repetitions), "threads": .count(result.threads),
      "kernels": .text(EngineFacts.current.kernels), "prefill": .record(prefill),
      "decode": .record(points(result.decode, "context") { "one token decoded after \($0)" }),
    ])
  }

  /// - Parameters:
  ///   - lengths: the field for the points' lengths.
  ///   - subject: what was timed at a length.
  private func points(
    _ points: [Growth.Point], _ lengths: String, _ subject: (Int) -> String
  ) -> Record {
    let timing = TimingRecord(source: source)
    let entries = points.map { point in
      var entry = Record()
      timing.add(
        before: point.before, after: point.after ?? point.before,
        ratio: point.ratio ?? Interval(value: 1, low: 1, high: 1), subject(point.tokens),
        to: &entry)
      return entry
    }
    var record = Record()
    record[lengths] = .list(points.map { .count($0.tokens) })
    for field in ["before", "after", "ratio"] {
      record[field] = .list(entries.compactMap { $0[field]?.asNumber }.map { .number($0) })
    }
    for (point, entry) in zip(points, entries) {
      record[Self.name(of: point.tokens)] = .record(entry)
    }
    return record
  }
}

extension Record {
  /// The numbers of the list in a field.
  fileprivate func numbers(_ name: String) -> [Number] {
    guard case .list(let values)? = self[name] else { return [] }
    return values.compactMap(\.asNumber)
  }
}
