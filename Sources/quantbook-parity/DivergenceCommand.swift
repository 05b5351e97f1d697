import ArgumentParser
import Evaluation

/// How far a quantized model lies from the model itself.
struct DivergenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kl", abstract: "Prints llama.cpp's --kl-divergence statistics as JSON.")

  private struct Figures: Encodable {
    let targets: Int
    let kldMean: Double
    let kldMeanError: Double
    let kldMedian: Double
    let kld99: Double
    let sameTop: Double
    let deltaPMean: Double
    let deltaPRMS: Double
    let perplexityRatio: Double
    let perplexityRatioError: Double
  }

  @OptionGroup var model: ModelOptions
  @OptionGroup var scheme: SchemeOptions
  @OptionGroup var text: TextOptions
  @Option(help: "Tokens that the models read at a time.") var window = 512

  func run() throws {
    let base = try model.load()
    let result = try Divergence(window: window).measure(
      base: base, try scheme.quantize(base), tokens: try text.tokens(model))
    try printJSON(
      Figures(
        targets: result.tokens, kldMean: result.mean.value, kldMeanError: result.mean.error,
        kldMedian: result.median, kld99: result.quantile(0.99), sameTop: result.sameTop.value,
        deltaPMean: result.meanProbabilityChange.value,
        deltaPRMS: result.rootMeanSquareProbabilityChange.value,
        perplexityRatio: result.perplexityRatio.value,
        perplexityRatioError: result.perplexityRatio.error))
  }
}
