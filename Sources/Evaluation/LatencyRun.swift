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

  /// - Throws: `MemoryLack`, `GPT2Error.outOfMemory`.
  init(before: GPT2Model, after: GPT2Model, tokens: [Int32], prompt: Int) throws {
    try MemoryNeed.reading([before, after], tokens: tokens.count).check()
    self.before = try GPT2Session(before, capacity: tokens.count)
    self.after = try GPT2Session(after, capacity: tokens.count)
    self.tokens = tokens
    self.prompt = prompt
  }

  /// Reads the prompt and what follows from an empty context.
  func pass(_ session: GPT2Session) throws -> Times {
    session.reset()
    let prefill = try session.time(reading: tokens[..<prompt])
    var decode = 0.0
    for position in prompt..<tokens.count {
      decode += try session.time(reading: tokens[position...position])
    }
    let generated = tokens.count - prompt
    return Times(
      prefill: prefill, decode: generated > 0 ? decode / Double(generated) : nil,
      whole: prefill + decode)
  }
}
