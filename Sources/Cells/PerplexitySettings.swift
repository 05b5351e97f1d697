import Diagnostics
import Evaluation
import NotebookLanguage

/// `perplexity:` of an evaluate cell.
struct PerplexitySettings: SchemaRecord {
  static var keys: [SchemaKey<Self>] {
    [
      .optional(
        "definition", \.definition,
        help: "stride (Hugging Face), halfWindow (llama.cpp) or rolling (lm-evaluation-harness)."),
      .optional(
        "window", \.window,
        help: "Tokens that the model sees at a time; 1024, 512 and the context if not given."),
      .optional(
        "stride", \.stride,
        help: "stride: tokens between windows' starts; half a window if not given."
      ),
      .optional(
        "weighting", \.weighting,
        help: "stride: token counts every token once, guide as Hugging Face's guide does."),
      .optional(
        "differences", \.showsDifferences,
        help: "Whether to keep each token's difference in loss, for a histogram."),
      .optional(
        "overflow", \.overflow,
        help: "What becomes of a perplexity that is not finite: report it as ∞, or fail."),
    ]
  }
  static var keyAliases: [String: String] {
    [
      "strides": "stride", "maxlength": "window", "context": "window", "nctx": "window",
      "kind": "definition", "weights": "weighting",
    ]
  }

  enum Definition: String, SchemaChoice {
    case stride, halfWindow, rolling
    static var subject: String { "definition of perplexity" }
    static var aliases: [String: String] {
      [
        "huggingface": "stride", "hf": "stride", "sliding": "stride", "llamacpp": "halfWindow",
        "half": "halfWindow", "lmeval": "rolling", "harness": "rolling",
      ]
    }
  }

  enum Overflow: String, SchemaChoice {
    case report, fail
    static var subject: String { "way with an overflow" }
    var help: String? {
      switch self {
      case .report: "It is shown as ∞, or as undefined, with its cause."
      case .fail: "The cell fails."
      }
    }
  }

  enum Weighting: String, SchemaChoice {
    case token, guide
    static var subject: String { "weighting" }
  }

  var definition = Definition.stride
  var window: Spanned<Int>?
  var stride: Spanned<Int>?
  var weighting: Spanned<Weighting>?
  var showsDifferences = false
  var overflow = Overflow.report

  var problems: [Diagnostic] { problems { _ in true } }

  /// Keys that contradict each other, and numbers that no model allows.
  ///
  /// - Parameter isKnown: whether the value of a key is known.
  func problems(knowing isKnown: (_ key: String) -> Bool) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    if definition != .stride, isKnown("definition") {
      for (key, span) in [("stride", stride?.span), ("weighting", weighting?.span)] {
        guard let span else { continue }
        problems.append(
          Diagnostic(
            .conflictingKeys, "'\(key)' has no meaning for the definition \(definition.rawValue)",
            at: span))
      }
    }
    let least = definition == .halfWindow && isKnown("definition") ? 4 : 2
    if let window, window.value < least || window.value > 1 << 20 {
      problems.append(
        Diagnostic(
          .outOfRange, "'window' is at \(window.value < least ? "least \(least)" : "most 1048576")",
          at: window.span))
    }
    if let stride, stride.value < 1 {
      problems.append(Diagnostic(.outOfRange, "'stride' is at least 1", at: stride.span))
    }
    if let stride, let window, stride.value > window.value {
      problems.append(
        Diagnostic(
          .conflictingKeys,
          "a stride of \(stride.value) would pass over tokens: the window has \(window.value)",
          at: stride.span))
    }
    return problems
  }

  /// The metric for a model with this context; `prefix` is the token that stands before a text.
  func metric(context: Int, prefix: Int32) -> Perplexity {
    switch definition {
    case .stride:
      let window = window?.value ?? min(1024, context)
      return Perplexity(
        window: window, stride: stride?.value ?? max(window / 2, 1), definition: .stride,
        weighting: weighting?.value == .guide ? .guide : .token)
    case .halfWindow:
      return Perplexity(window: window?.value ?? min(512, context), definition: .halfWindow)
    case .rolling:
      return Perplexity(
        window: window?.value ?? context, definition: .rolling(prefix: prefix))
    }
  }
}

extension PerplexitySettings {
  /// What keys stand for that are left out.
  ///
  /// - Parameter context: of the models; nil where it is not known, or they differ.
  func implied(context: Int?) -> [Setting] {
    guard let known = window?.value ?? context else { return [] }
    let metric = metric(context: known, prefix: 0)
    var implied: [Setting] = []
    if window == nil {
      implied.append(Setting(path: "perplexity.window", text: "\(metric.window)"))
    }
    guard definition == .stride else { return implied }
    if stride == nil {
      implied.append(Setting(path: "perplexity.stride", text: "\(metric.stride)"))
    }
    if weighting == nil {
      implied.append(Setting(path: "perplexity.weighting", text: Weighting.token.rawValue))
    }
    return implied
  }
}

extension Perplexity {
  /// How it is defined, in words for a caption.
  var description: String {
    switch definition {
    case .stride:
      let weights =
        weighting == .token ? "every token once" : "windows weighted as in Hugging Face's guide"
      return "sliding windows of \(window) tokens, stride \(stride), \(weights)"
    case .halfWindow:
      return "disjoint windows of \(window) tokens, the second half of each scored (llama.cpp)"
    case .rolling:
      return "rolling windows of \(window) tokens, every token once (lm-evaluation-harness)"
    }
  }
}
