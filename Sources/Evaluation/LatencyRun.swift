import GPT2

/// The passes of a latency measurement: two sessions, and what they read.
struct LatencyRun {
  /// Wall times of one pass, in milliseconds.
  struct Times {
    /// Of the prompt.
    let prefill: Double
    /// Per decoded token; nil where none is decoded.
    let decode: Double?
    /// Of all.
    let whole: Double
  }

  let before: GPT2Session
  let after: GPT2Session
  /// The prompt, then the tokens that are decoded one at a time.
  private let tokens: [Int32]
  private let prompt: Int

  init(before: GPT2Model, after: GPT2Model, tokens: [Int32], prompt: Int) {
    self.before = GPT2Session(before, capacity: tokens.count)
    self.after = GPT2Session(after, capacity: tokens.count)
    self.tokens = tokens
    self.prompt = prompt
  }

  /// Reads the prompt and what follows from an empty context.
  func pass(_ session: GPT2Session) throws(GPT2Error) -> Times {
    let clock = ContinuousClock()
    session.reset()
    let start = clock.now
    // A slice of an array would allocate for each token in the generic loops of `read`.
    try tokens.withUnsafeBufferPointer { tokens throws(GPT2Error) in
      try session.read(UnsafeBufferPointer(rebasing: tokens[..<prompt]))
    }
    _ = session.logits(rows: prompt - 1..<prompt)
    let middle = clock.now
    for position in prompt..<tokens.count {
      try session.read(CollectionOfOne(tokens[position]))
      _ = session.logits(rows: 0..<1)
    }
    let end = clock.now
    let generated = tokens.count - prompt
    let decode = (end - middle) / .milliseconds(1)
    return Times(
      prefill: (middle - start) / .milliseconds(1),
      decode: generated > 0 ? decode / Double(generated) : nil,
      whole: (end - start) / .milliseconds(1))
  }
}
