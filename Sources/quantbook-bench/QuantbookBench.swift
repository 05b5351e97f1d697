import ArgumentParser

/// Benchmarks of the engine.
@main struct QuantbookBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantbook-bench", abstract: "Measures kernels and models.",
    subcommands: [MeasureCommand.self, WorkerCommand.self], defaultSubcommand: MeasureCommand.self)
}
