import Evaluation
import NotebookLanguage

/// A measured perplexity as a value that can be kept between runs, losses and all.
enum PerplexityCoding {
  static func value(of result: Perplexity.Result) -> Value {
    var record = Record([
      "starts": numbers(result.windows.map { Double($0.targets.lowerBound) }),
      "ends": numbers(result.windows.map { Double($0.targets.upperBound) }),
      "nll": numbers(result.windows.map(\.nll)), "weights": numbers(result.windows.map(\.weight)),
      "losses": numbers(result.losses.map(Double.init)),
    ])
    if let found = result.nonFinite {
      record["nonFinite"] = .record(
        Record([
          "component": .text(found.component), "token": .count(found.token),
          "window": .count(found.window), "isNaN": .bool(found.isNaN),
        ]))
    }
    return .record(record)
  }

  /// nil for a value of another form.
  static func result(_ value: Value) -> Perplexity.Result? {
    guard let starts = numbers(value, "starts"), let ends = numbers(value, "ends"),
      let nll = numbers(value, "nll"), let weights = numbers(value, "weights"),
      let losses = numbers(value, "losses"),
      [ends.count, nll.count, weights.count].allSatisfy({ $0 == starts.count })
    else { return nil }
    var windows: [Perplexity.Result.Window] = []
    for index in starts.indices {
      guard let start = Int(exactly: starts[index]), let end = Int(exactly: ends[index]),
        0 <= start, start <= end
      else { return nil }
      windows.append(.init(targets: start..<end, nll: nll[index], weight: weights[index]))
    }
    return Perplexity.Result(
      windows: windows, losses: losses.map { Float($0) }, nonFinite: nonFinite(value))
  }

  private static func nonFinite(_ value: Value) -> NonFiniteValue? {
    guard case .text(let component)? = value[path: "nonFinite.component"],
      let token = value[path: "nonFinite.token"]?.asNumber.flatMap({ Int(exactly: $0.value) }),
      let window = value[path: "nonFinite.window"]?.asNumber.flatMap({ Int(exactly: $0.value) }),
      case .bool(let isNaN)? = value[path: "nonFinite.isNaN"]
    else { return nil }
    return NonFiniteValue(component: component, token: token, window: window, isNaN: isNaN)
  }

  private static func numbers(_ values: [Double]) -> Value { .list(values.map { .number($0) }) }

  private static func numbers(_ value: Value, _ name: String) -> [Double]? {
    guard case .list(let values)? = value[path: name] else { return nil }
    let numbers = values.compactMap { $0.asNumber?.value }
    return numbers.count == values.count ? numbers : nil
  }
}
