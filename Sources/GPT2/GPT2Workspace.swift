import Quantization

/// The buffers of a session. They grow to the largest call and stay.
final class GPT2Workspace {
  private let config: GPT2Config
  /// [T, E]: the sum that the layers add to.
  private(set) var residual = UnsafeMutableBufferPointer<Float>.allocate(capacity: 0)
  /// [T, E]: normalized input of a part of a layer, or its output.
  private(set) var normalized = UnsafeMutableBufferPointer<Float>.allocate(capacity: 0)
  /// [T, max(3·E, I)].
  private(set) var wide = UnsafeMutableBufferPointer<Float>.allocate(capacity: 0)
  /// [rows asked for, V].
  private(set) var logits = UnsafeMutableBufferPointer<Float>.allocate(capacity: 0)
  /// [max(3·E, I)]: a decoded bias, gain or position.
  let vector: UnsafeMutableBufferPointer<Float>
  let secondVector: UnsafeMutableBufferPointer<Float>

  private var rows = 0
  private var wideWidth: Int { max(3 * config.width, config.innerWidth) }

  init(_ config: GPT2Config) {
    self.config = config
    let width = max(3 * config.width, config.innerWidth)
    vector = .allocate(capacity: width)
    secondVector = .allocate(capacity: width)
    vector.initialize(repeating: 0)
    secondVector.initialize(repeating: 0)
  }

  deinit {
    for buffer in [residual, normalized, wide, logits, vector, secondVector] { buffer.deallocate() }
  }

  /// Makes room for `count` tokens.
  func reserve(rows count: Int) {
    guard count > rows else { return }
    rows = count
    Self.grow(&residual, count * config.width)
    Self.grow(&normalized, count * config.width)
    Self.grow(&wide, count * wideWidth)
  }

  /// Makes room for the logits of `count` tokens.
  func reserve(logits count: Int) {
    if logits.count < count * config.vocabularySize {
      Self.grow(&logits, count * config.vocabularySize)
    }
  }

  private static func grow(_ buffer: inout UnsafeMutableBufferPointer<Float>, _ count: Int) {
    buffer.deallocate()
    buffer = .allocate(capacity: count)
    buffer.initialize(repeating: 0)
  }
}

extension WeightVector {
  /// Calls `body` with the values, decoded into `scratch` where they are not Float32 already.
  func withDecoded(
    _ scratch: UnsafeMutableBufferPointer<Float>, _ body: (UnsafeBufferPointer<Float>) -> Void
  ) {
    precondition(scratch.count >= count)
    switch contents {
    case .float32(let values): return values.withUnsafeBufferPointer(body)
    case .float16(let bits):
      for index in bits.indices { scratch[index] = Float(float16: bits[index]) }
    case .bfloat16(let bits):
      for index in bits.indices { scratch[index] = Float(bitPattern: UInt32(bits[index]) << 16) }
    case .int8(let codes, let scale, let zeroPoint):
      for index in codes.indices { scratch[index] = (Float(codes[index]) - zeroPoint) * scale }
    }
    body(UnsafeBufferPointer(rebasing: scratch[..<count]))
  }
}
