import ArgumentParser
import Kernels

/// Prints how fast the kernels are, beside what the machine can do at best in the same run.
struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Measures kernels and models against the machine's limits.",
    discussion: """
      Rates are of the best call, limits the best of probes between the tests. Nothing here is a \
      test: figures hold for this machine in this minute, ratios a little longer.
      """)

  @Option(help: "Instruction set: baseline, avx2, avx512.")
  var kernels: String?
  @Option(help: "Threads; all cores unless given.")
  var threads: Int?
  @Option(help: "Timed rounds of each test.")
  var rounds = 5
  @Option(help: "Only products such as 'nf4, 3072 × 768, 1 tokens', or with a part of that.")
  var only: String?
  @Flag(help: "Prints JSON instead of Markdown.")
  var json = false
  @Flag(help: "Leaves the products of single layers out.")
  var modelsOnly = false
  @Flag(help: "Leaves whole models out.")
  var kernelsOnly = false
  @Option(help: "A Python with torch and transformers, to measure PyTorch in the same rounds.")
  var pytorch: String?

  struct Report: Encodable {
    let kernels: String
    let vnni: Bool
    let threads: Int
    let limits: MachineLimits
    let products: [Measurement]
    let models: [ModelMeasurement]
  }

  func validate() throws {
    guard rounds > 0 else { throw ValidationError("--rounds must be at least 1") }
  }

  func run() throws {
    if let kernels {
      do { try KernelPath.select(named: kernels) } catch {
        throw ValidationError(error.description)
      }
    }
    if let threads { ThreadPool.setThreadCount(threads) }
    let memory = [Float](repeating: 1, count: 64 << 20)
    var limits = MachineLimits()
    let (products, models) = try memory.withUnsafeBufferPointer { memory in
      limits.measure(memory: memory)
      let products =
        modelsOnly
        ? [] : try KernelBenchmark(rounds: rounds, only: only).run(limits: &limits, memory: memory)
      let models =
        kernelsOnly
        ? []
        : try ModelBenchmark(rounds: rounds, pytorch: pytorch).run(limits: &limits, memory: memory)
      return (products, models)
    }
    let report = Report(
      kernels: KernelPath.active.rawValue, vnni: KernelPath.hasVNNI,
      threads: ThreadPool.threadCount, limits: limits, products: products, models: models)
    print(json ? try jsonText(report) : markdown(report))
  }

  private func markdown(_ report: Report) -> String {
    var lines = [
      "Kernels \(report.kernels), \(report.threads) threads. Limits of this run: "
        + "\(threeDigits(report.limits.gigaflops)) GFLOP/s, \(threeDigits(report.limits.gigabytes)) GB/s read.",
      "",
    ]
    if !report.products.isEmpty {
      lines += ["| product | size | ms | rate | of limit |", "|---|---|---:|---:|---:|"]
      lines += report.products.map {
        "| \($0.name) | \($0.size) | \(threeDigits($0.milliseconds)) | \(threeDigits($0.rate)) \($0.unit) | "
          + "\(threeDigits($0.shareOfLimit * 100)) % |"
      }
      lines.append("")
    }
    if !report.models.isEmpty {
      lines += [
        "| GPT-2 small | prefill 512, ms | of FP32 | decode at 128, ms | of FP32 | read | of limit |",
        "|---|---:|---:|---:|---:|---:|---:|",
      ]
      lines += report.models.map {
        "| \($0.name) | \(threeDigits($0.prefill)) | \(threeDigits($0.prefillRatio)) | \(threeDigits($0.decode)) | "
          + "\(threeDigits($0.decodeRatio)) | \(threeDigits($0.decodeGigabytes)) GB/s | "
          + "\(threeDigits($0.decodeShare * 100)) % |"
      }
    }
    return lines.joined(separator: "\n")
  }
}
