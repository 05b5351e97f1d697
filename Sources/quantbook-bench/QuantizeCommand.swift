import ArgumentParser
import GPT2
import Kernels
import Quantization

/// Prints how fast GPT-2 small is quantized, beside bitsandbytes on the CPU.
struct QuantizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Measures quantizing GPT-2 small by every scheme, and bitsandbytes in turn.",
    discussion: """
      The whole model is quantized as the scheme does by default, what it leaves converted to its \
      float format; then the linear layers alone, which is what bitsandbytes is measured by.
      """)

  @Option(help: "A Python with torch and bitsandbytes, to measure them in the same rounds.")
  var python: String?
  @OptionGroup var settings: KernelSettings
  @Option(help: "Timed rounds.")
  var rounds = 5
  @Flag(help: "Prints JSON instead of Markdown.")
  var json = false

  struct Report: Encodable {
    let threads: Int
    let schemes: [Scheme]
  }

  /// Median milliseconds.
  struct Scheme: Encodable {
    let name: String
    let wholeModel: Double
    let linearLayers: Double
    let bitsandbytes: Double?
    /// bitsandbytes' time over ours for the linear layers.
    let ratio: Double?
  }

  /// What bitsandbytes is measured by.
  private static let peerSchemes = [NF4Scheme.name, FP4Scheme.name]

  func validate() throws {
    guard rounds > 0 else { throw ValidationError("--rounds must be at least 1") }
  }

  func run() throws {
    try settings.apply()
    let model = try GPT2Model.random(named: "gpt2")
    let peer = try python.map {
      try PeerWorker(
        python: $0, script: "quantize_layers.py", arguments: ["\(ThreadPool.threadCount)"])
    }
    let schemes = AllSchemes.all.map { $0.init() }
    var times = [(whole: [Double], linear: [Double], peer: [Double])](
      repeating: ([], [], []), count: schemes.count)
    for round in 0...rounds {
      for (index, scheme) in schemes.enumerated() {
        let whole = try seconds { _ = try model.quantized(by: scheme) }
        let linear = try seconds { _ = try linearLayers(of: model, by: scheme) }
        let name = type(of: scheme).name
        let other = Self.peerSchemes.contains(name) ? try peer?.seconds(name) : nil
        guard round > 0 else { continue }
        times[index].whole.append(whole)
        times[index].linear.append(linear)
        if let other { times[index].peer.append(other) }
      }
    }
    let report = Report(
      threads: ThreadPool.threadCount,
      schemes: zip(schemes, times).map { scheme, times in
        let other = times.peer.isEmpty ? nil : median(times.peer)
        return Scheme(
          name: type(of: scheme).name, wholeModel: median(times.whole) * 1000,
          linearLayers: median(times.linear) * 1000, bitsandbytes: other.map { $0 * 1000 },
          ratio: other.map { $0 / median(times.linear) })
      })
    print(json ? try jsonText(report) : markdown(report))
  }

  private func linearLayers(
    of model: GPT2Model, by scheme: any QuantizationScheme
  ) throws -> QuantizedModel {
    var scheme = scheme
    scheme.remainder = .float32
    return try model.quantized(by: scheme, only: GPT2Config.patterns(of: .linearLayers))
  }

  private func markdown(_ report: Report) -> String {
    var lines = [
      "GPT-2 small, \(report.threads) threads.", "",
      "| scheme | whole model, ms | linear layers, ms | bitsandbytes, ms | over ours |",
      "|---|---:|---:|---:|---:|",
    ]
    lines += report.schemes.map {
      "| \($0.name) | \(threeDigits($0.wholeModel)) | \(threeDigits($0.linearLayers)) | "
        + "\($0.bitsandbytes.map(threeDigits) ?? "") | \($0.ratio.map(threeDigits) ?? "") |"
    }
    return lines.joined(separator: "\n")
  }
}
