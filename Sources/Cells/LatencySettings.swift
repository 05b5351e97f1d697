import Evaluation
import NotebookLanguage

/// `latency:` of an evaluate cell.
struct LatencySettings: SchemaRecord {
  static var keys: [SchemaKey<Self>] {
    [
      .optional("prompt", \.prompt, in: 1...1 << 20, help: "Tokens of the prompt."),
      .optional(
        "generate", \.generate, in: 0...1 << 20, help: "Tokens decoded after it, one by one."),
      .optional(
        "warmup", \.warmup, in: 0...10_000,
        help: "Least number of passes that are not counted; more follow until the times settle."),
      .optional("repetitions", \.repetitions, in: 1...10_000, help: "Passes that are counted."),
      .optional(
        "interleave", \.interleaves,
        help: "Whether the two models take turns; if not, one is timed after the other."),
    ]
  }
  static var keyAliases: [String: String] {
    ["reps": "repetitions", "r": "repetitions", "pp": "prompt", "tg": "generate"]
  }

  var prompt = Spanned(128)
  var generate = 0
  var warmup = 3
  var repetitions = 20
  var interleaves = true

  var metric: Latency {
    var metric = Latency(
      prompt: prompt.value, generate: generate, warmup: warmup, repetitions: repetitions)
    metric.interleaves = interleaves
    return metric
  }
}

/// `kl:` of an evaluate cell.
struct DivergenceSettings: SchemaRecord {
  static var keys: [SchemaKey<Self>] {
    [
      .optional(
        "window", \.window, in: 4...1 << 20,
        help: "Tokens that the models see at a time; the second half is compared.")
    ]
  }
  static var keyAliases: [String: String] { ["context": "window", "nctx": "window"] }

  var window = Spanned(512)
}
