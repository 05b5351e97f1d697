internal import CKernels

/// What a row of logits gives over the whole vocabulary: ln softmax(v) = logit[v] - maximum - logSum.
public struct LogSumExp: Hashable, Sendable {
  /// The greatest logit; NaN if any is.
  public var maximum: Float
  /// ln Σ exp(logit - maximum), summed in Double.
  public var logSum: Double

  /// ln softmax of one logit of the row.
  public func logProbability(ofLogit logit: Float) -> Double {
    Double(logit) - Double(maximum) - logSum
  }
}

/// Negative log-likelihoods from logits.
public enum CrossEntropy {
  /// The statistics of each row of `logits` [rows, vocabulary].
  public static func logSumExp(
    _ logits: UnsafeBufferPointer<Float>, vocabulary: Int
  ) -> [LogSumExp] {
    precondition(vocabulary > 0)
    let rows = logits.count / vocabulary
    var maxima = [Float](repeating: 0, count: rows)
    var logSums = [Double](repeating: 0, count: rows)
    qb_log_sum_exp(logits.baseAddress, rows, vocabulary, &maxima, &logSums)
    return zip(maxima, logSums).map { LogSumExp(maximum: $0, logSum: $1) }
  }

  /// -ln softmax(logits[r])[targets[r]] in nats for each row; NaN or ∞ where the logits are not
  /// finite.
  ///
  /// logits: [targets.count, vocabulary]; each target lies in 0 ..< vocabulary.
  public static func negativeLogLikelihoods(
    _ logits: UnsafeBufferPointer<Float>, vocabulary: Int, targets: [Int]
  ) -> [Double] {
    precondition(logits.count == targets.count * vocabulary)
    precondition(targets.allSatisfy { (0..<vocabulary).contains($0) })
    guard !targets.isEmpty else { return [] }
    return logSumExp(logits, vocabulary: vocabulary).enumerated().map { row, statistics in
      -statistics.logProbability(ofLogit: logits[row * vocabulary + targets[row]])
    }
  }
}
