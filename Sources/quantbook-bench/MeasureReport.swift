import Foundation

/// What `measure` finds.
struct MeasureReport: Encodable {
  let date: String
  let processor: String
  let kernels: String
  /// Whether byte products used VNNI.
  let vnni: Bool
  let threads: Int
  /// The best of the whole run, which Markdown compares with.
  let limits: MachineLimits.Rates
  let sgemm: SgemmBenchmark.Result?
  /// Products, and the rest of a transformer.
  let kernelTimes: [Measurement]
  let models: [ModelMeasurement]

  var markdown: String {
    ([["\(processor), kernels \(kernels), \(threads) threads; \(date)."], limitLines, kernelLines]
      + [prefillLines, decodeLines])
      .filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private var limitLines: [String] {
    var lines = [
      "| rates of this run | | of limit |", "|---|---:|---:|",
      "| FP32 multiply-adds | \(threeDigits(limits.gigaflops)) GFLOP/s | |",
      "| reading memory | \(threeDigits(limits.gigabytes)) GB/s | |",
    ]
    guard let sgemm else { return lines }
    let size = "\(SgemmBenchmark.m) × \(SgemmBenchmark.n) × \(SgemmBenchmark.k)"
    lines.append(
      "| FP32 product of \(size) | \(threeDigits(sgemm.gigaflops)) GFLOP/s | "
        + "\(percent(sgemm.gigaflops / limits.gigaflops)) |")
    if let peer = sgemm.openBLAS {
      let coreType = peer.coreType.map { ", OPENBLAS_CORETYPE=\($0)" } ?? ""
      lines += [
        "| the same by OpenBLAS (\(peer.core)\(coreType)) | \(threeDigits(peer.gigaflops)) GFLOP/s "
          + "| \(percent(peer.gigaflops / limits.gigaflops)) |",
        "| our speed over OpenBLAS's | \(twoPlaces(peer.ratio)) | |",
      ]
    } else {
      lines.append("| the same by OpenBLAS | no \(OpenBLAS.library) found | |")
    }
    return lines
  }

  private var kernelLines: [String] {
    guard !kernelTimes.isEmpty else { return [] }
    return ["| kernel | size | ms | rate | of limit |", "|---|---|---:|---:|---:|"]
      + kernelTimes.map {
        "| \($0.name) | \($0.size) | \(threeDigits($0.milliseconds)) | \(threeDigits($0.rate)) "
          + "\($0.unit.rawValue) | \(percent($0.rate / limit($0.unit))) |"
      }
  }

  private var prefillLines: [String] {
    guard let first = models.first else { return [] }
    return [
      "| GPT-2 small, prefill, ms (of FP32) | "
        + first.prefill.map { "\($0.tokens)" }.joined(separator: " | ") + " |",
      "|---|" + String(repeating: "---:|", count: first.prefill.count),
    ]
      + models.map { model in
        "| \(model.name) | " + model.prefill.map(withRatio).joined(separator: " | ") + " |"
      }
  }

  private var decodeLines: [String] {
    guard let first = models.first else { return [] }
    return [
      "| GPT-2 small, decode, ms (of FP32) | "
        + first.decode.map { "at \($0.tokens) | read | of limit" }.joined(separator: " | ") + " |",
      "|---|" + String(repeating: "---:|---:|---:|", count: first.decode.count),
    ]
      + models.map { model in
        "| \(model.name) | "
          + model.decode.map {
            "\(withRatio($0)) | \(threeDigits($0.gigabytes ?? 0)) GB/s | "
              + percent(($0.gigabytes ?? 0) / limits.gigabytes)
          }.joined(separator: " | ") + " |"
      }
  }

  private func limit(_ unit: Measurement.Unit) -> Double {
    switch unit {
    case .gigaflops: limits.gigaflops
    case .gigabytes: limits.gigabytes
    }
  }

  private func withRatio(_ time: ModelMeasurement.Time) -> String {
    "\(threeDigits(time.milliseconds)) (\(twoPlaces(time.ratio)))"
  }

  private func percent(_ share: Double) -> String { "\(threeDigits(share * 100)) %" }

  private func twoPlaces(_ value: Double) -> String { String(format: "%.2f", value) }
}
