import GPT2
import SafeFiles

extension FuzzTarget {
  /// `config.json` of a model.
  static let modelConfig = FuzzTarget("model-config", longest: 2048) { bytes in
    try Scratch.withFile(bytes) { path in
      guard let config = try? GPT2Config(path: path) else { return }
      // The largest sizes that are accepted can be multiplied.
      try require(config.parameterCount > 0, "a model of \(config.parameterCount) parameters")
      try require(config.headWidth * config.headCount == config.width, "heads of another width")
      try require(config.layerNormEpsilon >= 0, "an epsilon of \(config.layerNormEpsilon)")
    }
  }
}
