import Diagnostics
import Evaluation
import NotebookLanguage

/// `growth:` of an evaluate cell.
struct GrowthSettings: SchemaRecord {
  static var keys: [SchemaKey<Self>] {
    [
      .optional(
        "prompts", \.prompts,
        help: "Lengths of prompts, ascending; 16, 32 … 1024 within the context if not given."),
      .optional(
        "contexts", \.contexts,
        help: "Tokens before the decoded one, ascending; 0, 64 … 1000 if not given."),
      .optional(
        "repetitions", \.repetitions, in: 1...10_000, help: "Passes that are counted, each length."),
    ]
  }
  static var keyAliases: [String: String] {
    [
      "reps": "repetitions", "r": "repetitions", "prompt": "prompts", "lengths": "prompts",
      "pp": "prompts", "context": "contexts", "depths": "contexts", "d": "contexts",
    ]
  }

  /// nil for the defaults that the model's context holds.
  var prompts: Spanned<[Spanned<Int>]>?
  var contexts: Spanned<[Spanned<Int>]>?
  var repetitions = 5

  private static let defaultPrompts = [16, 32, 64, 128, 256, 512, 1024]
  private static let defaultContexts = [0, 64, 128, 256, 512, 1000]
  private static let mostLengths = 64

  /// What no model allows.
  var problems: [Diagnostic] {
    Self.problems(in: prompts, "prompts", bounds: 1...1 << 20)
      + Self.problems(in: contexts, "contexts", bounds: 0...(1 << 20) - 1)
  }

  private static func problems(
    in lengths: Spanned<[Spanned<Int>]>?, _ key: String, bounds: ClosedRange<Int>
  ) -> [Diagnostic] {
    guard let lengths else { return [] }
    let values = lengths.value
    guard (1...mostLengths).contains(values.count) else {
      return [
        Diagnostic(
          .outOfRange, "'\(key)' has from 1 to \(mostLengths) entries, not \(values.count)",
          at: lengths.span)
      ]
    }
    if let wrong = values.first(where: { !bounds.contains($0.value) }) {
      return [
        Diagnostic(
          .outOfRange,
          "an entry of '\(key)' is from \(bounds.lowerBound) to \(bounds.upperBound), "
            + "not \(wrong.value)", at: wrong.span)
      ]
    }
    let wrong = zip(values, values.dropFirst()).first { $0.value >= $1.value }
    return wrong.map { previous, next in
      [
        Diagnostic(
          .outOfRange, "'\(key)' must ascend, but \(next.value) follows \(previous.value)",
          at: next.span, help: "order the lengths, and give each once")
      ]
    } ?? []
  }

  /// - Parameter context: of the model, where it is known.
  func shape(context: Int?) -> Shape {
    let metric = metric(context: context ?? .max)
    return GrowthRecord.shape(prompts: metric.prompts, contexts: metric.contexts)
  }

  /// What keys stand for that are left out.
  func implied(context: Int) -> [Setting] {
    let metric = metric(context: context)
    return (prompts == nil ? Self.settings("growth.prompts", metric.prompts) : [])
      + (contexts == nil ? Self.settings("growth.contexts", metric.contexts) : [])
  }

  private static func settings(_ path: String, _ lengths: [Int]) -> [Setting] {
    [Setting(path: "\(path).count", text: "\(lengths.count)")]
      + lengths.enumerated().map { Setting(path: "\(path).\($0)", text: "\($1)") }
  }

  /// The metric for a model with this context.
  func metric(context: Int) -> Growth {
    Growth(
      prompts: prompts?.lengths ?? Self.defaultPrompts.filter { $0 <= context },
      contexts: contexts?.lengths ?? Self.defaultContexts.filter { $0 < context },
      repetitions: repetitions)
  }

  /// Where the length is written that needs this many tokens of context.
  func span(needing tokens: Int) -> SourceSpan? {
    let prompt = prompts?.value.first { $0.value == tokens }
    let context = contexts?.value.first { $0.value + 1 == tokens }
    return (prompt ?? context)?.span
  }
}

extension Spanned<[Spanned<Int>]> {
  fileprivate var lengths: [Int] { value.map(\.value) }
}
