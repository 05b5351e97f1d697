import Dispatch
import Foundation

/// One figure of a benchmark run.
struct Measurement: Encodable {
  /// What was measured: "nf4".
  let name: String
  /// Shape and tokens: "2304 × 768, 1 tokens".
  let size: String
  /// The median time of a call.
  let milliseconds: Double
  /// The best time of a call.
  let millisecondsBest: Double
  /// The rate at the best time.
  let rate: Double
  let unit: Unit

  enum Unit: String, Encodable {
    /// A multiply-add is two operations.
    case gigaflops = "GFLOP/s"
    case gigabytes = "GB/s"
  }

  /// What a call does, which its rate is counted in.
  enum Work {
    case operations(Double)
    case bytes(Double)
  }

  /// - Parameter times: seconds of single calls.
  init(_ name: String, _ size: String, _ work: Work, times: [Double]) {
    self.name = name
    self.size = size
    let best = times.min() ?? .infinity
    milliseconds = median(times) * 1000
    millisecondsBest = best * 1000
    switch work {
    case .operations(let count): (rate, unit) = (count / best / 1e9, .gigaflops)
    case .bytes(let count): (rate, unit) = (count / best / 1e9, .gigabytes)
    }
  }
}

/// Seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = DispatchTime.now().uptimeNanoseconds
  try body()
  return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
}

/// The median, of an even count the mean of the middle two; 0 of nothing.
func median(_ values: [Double]) -> Double {
  guard !values.isEmpty else { return 0 }
  let sorted = values.sorted()
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// Three significant digits.
func threeDigits(_ value: Double) -> String {
  value >= 100 ? String(format: "%.0f", value) : String(format: "%.3g", value)
}

/// What a subcommand prints with `--json`.
func jsonText(_ report: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
  return String(decoding: try encoder.encode(report), as: UTF8.self)
}
