import ArgumentParser
import Foundation
import Kernels

/// Prints how fast the kernels and models are, beside what the machine can do at best in the same run.
struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Measures kernels and models against the machine's limits.",
    discussion: """
      Rates of kernels are of the best call, limits the best of probes between the tests. Nothing \
      here is a test: figures hold for this machine in this minute, ratios a little longer. Products \
      with `compute int8` are compared with the limit of Float32 too, and may lie above it. \
      OpenBLAS is measured where libopenblas.so.0 can be opened; OPENBLAS_CORETYPE chooses its \
      kernels, LD_LIBRARY_PATH where it lies.
      """)

  @OptionGroup var settings: KernelSettings
  @Option(help: "Timed rounds of each test.")
  var rounds = 5
  @Option(
    help: "Only kernels such as 'sgemm', 'attention' or 'nf4, 3072 × 768, 1 tokens': any part.")
  var only: String?
  @Option(help: ArgumentHelp("Writes the figures as JSON too.", valueName: "file"))
  var json: String?
  @Flag(help: "Leaves single kernels out.")
  var modelsOnly = false
  @Flag(help: "Leaves whole models out.")
  var kernelsOnly = false
  @Option(help: "A Python with torch and transformers, to measure PyTorch in the same rounds.")
  var pytorch: String?

  func validate() throws {
    guard rounds > 0 else { throw ValidationError("--rounds must be at least 1") }
  }

  func run() throws {
    try settings.apply()
    let report = try measured()
    ProgressLine.end()
    print(report.markdown)
    if let json {
      try Data(jsonText(report).utf8).write(to: URL(filePath: json), options: .atomic)
    }
  }

  private func measured() throws -> MeasureReport {
    let limits = try MachineLimits()
    limits.measure()
    var sgemm: SgemmBenchmark.Result?
    var kernelTimes: [Measurement] = []
    if !modelsOnly {
      if only.map("sgemm".contains) ?? true {
        sgemm = SgemmBenchmark(rounds: rounds).run(limits: limits)
      }
      kernelTimes = try ProductBenchmark(rounds: rounds, only: only).run(limits: limits)
      kernelTimes += try TransformerBenchmark(rounds: rounds, only: only).run(limits: limits)
    }
    let models =
      kernelsOnly ? [] : try ModelBenchmark(rounds: rounds, pytorch: pytorch).run(limits: limits)
    return MeasureReport(
      date: Date().formatted(.iso8601), processor: Processor.name,
      kernels: KernelPath.active.rawValue,
      vnni: KernelPath.active == .avx512 && KernelPath.hasVNNI,
      threads: ThreadPool.threadCount, limits: limits.best, sgemm: sgemm,
      kernelTimes: kernelTimes, models: models)
  }
}
