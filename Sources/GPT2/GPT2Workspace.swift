import Kernels

/// The buffers of a session. They grow to the largest call and stay.
final class GPT2Workspace {
  private let config: GPT2Config
  private let residualBuffer = Buffer()
  private let normalizedBuffer = Buffer()
  private let wideBuffer = Buffer()
  private let logitsBuffer = Buffer()
  private let vectorBuffer = Buffer()

  /// [T, E]: the sum that the layers add to.
  var residual: UnsafeMutableBufferPointer<Float> { residualBuffer.elements }
  /// [T, E]: normalized input of a part of a layer, or its output.
  var normalized: UnsafeMutableBufferPointer<Float> { normalizedBuffer.elements }
  /// [T, max(3·E, I)].
  var wide: UnsafeMutableBufferPointer<Float> { wideBuffer.elements }
  /// [rows asked for, V].
  var logits: UnsafeMutableBufferPointer<Float> { logitsBuffer.elements }
  /// [E]: a decoded position.
  var vector: UnsafeMutableBufferPointer<Float> { vectorBuffer.elements }

  init(_ config: GPT2Config) throws(OutOfMemory) {
    self.config = config
    try vectorBuffer.reserve(config.width)
  }

  /// Makes room for `count` tokens.
  func reserve(rows count: Int) throws(OutOfMemory) {
    try residualBuffer.reserve(count * config.width)
    try normalizedBuffer.reserve(count * config.width)
    try wideBuffer.reserve(count * max(3 * config.width, config.innerWidth))
  }

  /// Makes room for the logits of `count` tokens.
  func reserve(logits count: Int) throws(OutOfMemory) {
    try logitsBuffer.reserve(count * config.vocabularySize)
  }

  /// Floats that grow, losing their contents.
  private final class Buffer {
    private(set) var elements = UnsafeMutableBufferPointer<Float>(start: nil, count: 0)
    private var memory: LargeMemory?

    func reserve(_ count: Int) throws(OutOfMemory) {
      guard count > elements.count else { return }
      // The old before the new, so that the two need not fit.
      elements = UnsafeMutableBufferPointer(start: nil, count: 0)
      memory = nil
      let memory = try LargeMemory(byteCount: count * MemoryLayout<Float>.stride)
      elements = UnsafeMutableBufferPointer(
        start: memory.start.bindMemory(to: Float.self, capacity: count), count: count)
      self.memory = memory
    }
  }
}
