extension GPT2Session {
  /// Reads a prompt, then adds the most likely token `count` times; of equals the lowest.
  ///
  /// - Throws: as `read` does; prompt and continuation must fit in the context.
  public func generateGreedily(
    after prompt: some Collection<Int32>, count: Int
  ) throws -> [Int32] {
    guard !prompt.isEmpty else { return [] }
    var generated: [Int32] = []
    try read(prompt)
    while generated.count < count {
      let token = mostLikelyToken()
      generated.append(token)
      if generated.count < count { try read(CollectionOfOne(token)) }
    }
    return generated
  }

  /// The index of the largest logit after the last token read.
  private func mostLikelyToken() -> Int32 {
    let logits = logits(rows: rows - 1..<rows)
    var best = 0
    for index in 1..<max(logits.count, 1) where logits[index] > logits[best] { best = index }
    return Int32(best)
  }
}
