import GPT2

extension GPT2Session {
  /// Reads tokens and computes the logits that follow the last of them, as generating does.
  ///
  /// - Parameter tokens: at least one.
  /// - Returns: the wall time in milliseconds.
  func time(reading tokens: ArraySlice<Int32>) throws -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    // A slice of an array would allocate for each token in the generic loops of `read`.
    try tokens.withUnsafeBufferPointer { try read($0) }
    _ = try logits(rows: tokens.count - 1..<tokens.count)
    return (clock.now - start) / .milliseconds(1)
  }
}
