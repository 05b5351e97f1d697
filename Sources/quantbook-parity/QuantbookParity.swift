import ArgumentParser

/// What `Tests/Fixtures/parity.py` drives to compare Quantbook with its peers, number by number.
@main struct QuantbookParity: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantbook-parity",
    abstract: "Computes what the peers compute, into files and JSON that a script compares.",
    subcommands: [
      PackCommand.self, LayerCommand.self, LogitsCommand.self, TokensCommand.self,
      EncodeCommand.self, AcceptCommand.self, PerplexityCommand.self, DivergenceCommand.self,
      ExportCommand.self,
    ])
}
