/// What a model writes after a prompt.
public struct Continuation: Hashable, Sendable {
  /// Why it ends.
  public enum End: String, Hashable, Sendable {
    /// As many tokens as were asked for.
    case length
    /// The model ended its text; the token that says so is none of `tokens`.
    case endOfText
    /// A logit was NaN or infinite: no token is more likely than another.
    case notFinite
  }

  public var tokens: [Int32] = []
  public var end = End.length

  /// How many tokens are the same as another's, before the first that is not.
  public func equalTokens(with other: Self) -> Int {
    zip(tokens, other.tokens).prefix { $0 == $1 }.count
  }
}

extension GPT2Session {
  /// Reads a prompt, then writes up to `count` tokens after it.
  ///
  /// - Parameters:
  ///   - ends: tokens that end the text, if the model writes one of them.
  ///   - onToken: is called with each token when it is chosen.
  /// - Throws: as `read` does; prompt and continuation must fit in the session's capacity.
  public func generate(
    after prompt: some Collection<Int32>, count: Int, by sampling: Sampling = .greedy,
    endingAt ends: Set<Int32> = [], onToken: (Int32) throws -> Void = { _ in }
  ) throws -> Continuation {
    var continuation = Continuation()
    guard !prompt.isEmpty, count > 0 else { return continuation }
    guard position + prompt.count + count - 1 <= capacity else {
      throw GPT2Error.tooManyPositions(position + prompt.count + count - 1, limit: capacity)
    }
    var sampler = TokenSampler(sampling)
    try read(prompt)
    while true {
      try Task.checkCancellation()
      guard let token = sampler.token(after: try logits(rows: rows - 1..<rows)) else {
        continuation.end = .notFinite
        return continuation
      }
      if ends.contains(token) {
        continuation.end = .endOfText
        return continuation
      }
      continuation.tokens.append(token)
      try onToken(token)
      if continuation.tokens.count == count { return continuation }
      try read(CollectionOfOne(token))
    }
  }
}
