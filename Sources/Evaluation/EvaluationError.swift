/// Why something cannot be measured as it was asked for.
public enum EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text has fewer tokens than the definition needs for one window.
  case corpusTooShort(tokens: Int, needed: Int)
  /// The window has more tokens than the model's context.
  case windowTooLong(window: Int, context: Int)
  /// A stride below 1 or above the window would repeat or pass over tokens.
  case invalidStride(stride: Int, window: Int)
  /// A prompt and what follows it have more tokens than the model's context.
  case contextTooShort(needed: Int, context: Int)

  public var description: String {
    switch self {
    case .corpusTooShort(let tokens, let needed):
      "the text has \(tokens) tokens, at least \(needed) are needed"
    case .windowTooLong(let window, let context):
      "a window of \(window) tokens does not fit in the model's context of \(context)"
    case .invalidStride(let stride, let window):
      "a stride of \(stride) tokens does not suit a window of \(window): it must be from 1 to "
        + "\(window)"
    case .contextTooShort(let needed, let context):
      "\(needed) tokens do not fit in the model's context of \(context)"
    }
  }
}
