/// What a quantized matrix multiplies with.
public enum ProductArithmetic: String, Hashable, Sendable, CaseIterable {
  /// Weights decoded exactly, products and sums in Float32.
  case float32
  /// Activations rounded to 8 bits with one absmax a token, and the 16 levels of a four-bit codebook
  /// to 1/127: integer products, as llama.cpp and ONNX Runtime compute.
  ///
  /// An activation is off by at most absmax / 254, a level by at most 1/254 of its block's absmax.
  case int8
}
