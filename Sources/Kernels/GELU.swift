internal import CKernels

/// The activation of GPT-2's MLP.
public enum GELU {
  /// `gelu_new` in place: 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))).
  public static func applyTanh(_ values: UnsafeMutableBufferPointer<Float>) {
    qb_gelu_tanh(values.baseAddress, values.count)
  }
}
