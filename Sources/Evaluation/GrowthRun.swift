import GPT2

/// The passes of a measurement of growth: a session for each model, what they read, and how many
/// passes are done.
struct GrowthRun {
  private let sessions: [GPT2Session]
  private let tokens: [Int32]
  private let repetitions: Int
  private let progress: ProgressHandler?
  /// Rounds of passes at the lengths before this one.
  private var finished = 0
  /// Lengths after this one.
  private var left: Int

  /// - Parameters:
  ///   - tokens: as many as the longest pass needs.
  ///   - lengths: how many will be measured.
  /// - Throws: `GPT2Error.outOfMemory`.
  init(
    _ models: [GPT2Model], tokens: [Int32], lengths: Int, repetitions: Int,
    progress: ProgressHandler?
  ) throws {
    try MemoryNeed.reading(models, tokens: tokens.count).check()
    sessions = try models.map { try GPT2Session($0, capacity: tokens.count) }
    self.tokens = tokens
    self.repetitions = repetitions
    self.progress = progress
    left = lengths
  }

  /// Reads a prompt of some length from an empty context.
  ///
  /// - Parameter settles: whether to wait until the times have settled.
  mutating func prefill(_ length: Int, settles: Bool) throws -> Growth.Point {
    let prompt = tokens[..<length]
    return try time(length, settles: settles) { session in
      session.reset()
      return try session.time(reading: prompt)
    }
  }

  /// Decodes one token after a context of some length.
  ///
  /// - Parameter settles: whether to wait until the times have settled.
  mutating func decode(after context: Int, settles: Bool) throws -> Growth.Point {
    for session in sessions {
      // Prompts and contexts begin with the same tokens, so what a session has read may stay.
      guard session.position < context else { continue }
      try Task.checkCancellation()
      try session.read(tokens[session.position..<context])
    }
    let next = tokens[context...context]
    return try time(context, settles: settles) { session in
      session.truncate(to: context)
      return try session.time(reading: next)
    }
  }

  private mutating func time(
    _ length: Int, settles: Bool, _ pass: @escaping (GPT2Session) throws -> Double
  ) throws -> Growth.Point {
    left -= 1
    let passes = InterleavedPasses(
      warmup: 1, maximumWarmup: settles ? 15 : 1, repetitions: repetitions)
    let outcome = try passes.measure(
      sessions.map { session in { try pass(session) } }, whole: { $0 },
      report: { rounds, total in
        progress?(
          ProgressUpdate(
            activity: "growth", completed: finished + rounds,
            total: finished + total + left * (1 + repetitions), unit: "passes"))
      })
    finished += outcome.warmup + repetitions
    let samples = outcome.times.map { Latency.Samples(values: $0) }
    return Growth.Point(
      tokens: length, before: samples[0], after: samples.count > 1 ? samples[1] : nil)
  }
}
