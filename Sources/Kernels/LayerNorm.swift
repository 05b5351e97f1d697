internal import CKernels

/// Layer normalization: each row to mean 0 and variance 1, then scaled and shifted.
public enum LayerNorm {
  /// y[r, c] = (x[r, c] - mean_r) / sqrt(variance_r + epsilon) * gain[c] + bias[c].
  ///
  /// x, y: [rows, width], where width is the count of `gain` and of `bias`. y may be x.
  public static func apply(
    _ x: UnsafeBufferPointer<Float>, rows: Int, gain: UnsafeBufferPointer<Float>,
    bias: UnsafeBufferPointer<Float>, epsilon: Float, into y: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(bias.count == gain.count)
    precondition(x.count >= rows * gain.count)
    precondition(y.count >= rows * gain.count)
    qb_layer_norm(
      x.baseAddress, rows, gain.count, gain.baseAddress, bias.baseAddress, epsilon, y.baseAddress)
  }
}
