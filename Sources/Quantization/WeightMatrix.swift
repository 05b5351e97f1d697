public import Kernels

/// A weight matrix W [rows = output features, columns = input features], stored in some number
/// format and multiplied from it, never by way of a whole Float32 copy.
public protocol WeightMatrix: Sendable {
  /// Output features.
  var rows: Int { get }
  /// Input features.
  var columns: Int { get }
  /// What it takes to store.
  var storage: StorageAccount { get }

  /// y[t, r] = Σ_c x[t, c] · W[r, c] + bias[r], then the epilogue.
  ///
  /// x: [tokens, columns], bias: [rows] or nil, y: [tokens, rows]. Nothing is allocated that grows
  /// from call to call.
  func multiply(
    _ x: UnsafeBufferPointer<Float>, tokens: Int, bias: UnsafeBufferPointer<Float>?,
    epilogue: ProductEpilogue, into y: UnsafeMutableBufferPointer<Float>)

  /// -ln softmax(x Wᵀ)[target] in nats of each token, the matrix being an output head; NaN or ∞ where
  /// logits are not finite.
  ///
  /// x: [targets.count, columns]; each target lies in 0 ..< rows.
  func negativeLogLikelihoods(_ x: UnsafeBufferPointer<Float>, targets: [Int32]) -> [Double]

  /// Writes some rows of the dequantized matrix to out [rows.count, columns].
  func decode(rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>)
}

extension WeightMatrix {
  /// By way of the logits of 64 tokens at a time.
  public func negativeLogLikelihoods(
    _ x: UnsafeBufferPointer<Float>, targets: [Int32]
  ) -> [Double] {
    let tile = min(64, targets.count)
    let logits = UnsafeMutableBufferPointer<Float>.allocate(capacity: tile * rows)
    defer { logits.deallocate() }
    return stride(from: 0, to: targets.count, by: max(tile, 1)).flatMap { start -> [Double] in
      let range = start..<min(start + tile, targets.count)
      let inputs = UnsafeBufferPointer(
        rebasing: x[range.lowerBound * columns..<range.upperBound * columns])
      let part = UnsafeMutableBufferPointer(rebasing: logits[..<(range.count * rows)])
      multiply(inputs, tokens: range.count, bias: nil, into: part)
      return CrossEntropy.negativeLogLikelihoods(
        UnsafeBufferPointer(part), vocabulary: rows, targets: targets[range].map(Int.init))
    }
  }

  /// y = x Wᵀ + bias.
  public func multiply(
    _ x: UnsafeBufferPointer<Float>, tokens: Int, bias: UnsafeBufferPointer<Float>?,
    into y: UnsafeMutableBufferPointer<Float>
  ) {
    multiply(x, tokens: tokens, bias: bias, epilogue: .store, into: y)
  }

  /// Writes one row of the dequantized matrix, such as a token's embedding, to out [columns].
  public func decodeRow(_ row: Int, into out: UnsafeMutableBufferPointer<Float>) {
    decode(rows: row..<row + 1, into: out)
  }

  /// The whole dequantized matrix [rows, columns]: for tests and small matrices.
  public func decoded() -> [Float] {
    [Float](unsafeUninitializedCapacity: rows * columns) { buffer, count in
      decode(rows: 0..<rows, into: buffer)
      count = rows * columns
    }
  }
}
