import NotebookLanguage

extension EvaluateCell {
  /// The settings that a metric depends on, as a text: part of the identity of what is kept of it.
  func settings(of metric: Metric) -> String {
    switch metric {
    case .perplexity:
      let window = perplexity.window.map { "\($0.value)" } ?? "default"
      let stride = perplexity.stride.map { "\($0.value)" } ?? "default"
      let weighting = perplexity.weighting?.value ?? .token
      return "\(perplexity.definition) window \(window) stride \(stride) weighting \(weighting)"
        + (perplexity.showsDifferences ? " differences" : "")
    case .kl: return "window \(divergence.window.value)"
    case .latency:
      return "prompt \(latency.prompt.value) generate \(latency.generate) warmup \(latency.warmup) "
        + "repetitions \(latency.repetitions)"
    case .growth: return growth.identity
    case .memory: return "prompt \(latency.prompt.value)"
    }
  }
}
