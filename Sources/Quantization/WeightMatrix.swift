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

  /// Writes some rows of the dequantized matrix to out [rows.count, columns].
  func decode(rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>)
}

extension WeightMatrix {
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
