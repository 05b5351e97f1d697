import ArgumentParser

/// Benchmarks of the engine.
@main struct QuantbookBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantbook-bench", abstract: "Measures the engine, alone and beside its peers.",
    subcommands: [
      MeasureCommand.self, TokenizeCommand.self, StartupCommand.self, QuantizeCommand.self,
      MemoryCommand.self, WorkerCommand.self, FirstTokenCommand.self, FormatMemoryCommand.self,
      ExportMemoryCommand.self,
    ],
    defaultSubcommand: MeasureCommand.self)
}
