import Kernels

/// The buffers of a session. They grow to the largest call and stay.
final class GPT2Workspace {
  private let width: Int
  private let wideWidth: Int
  private let vocabularySize: Int
  private let residualBuffer = Buffer()
  private let normalizedBuffer = Buffer()
  private let wideBuffer = Buffer()
  private let logitsBuffer = Buffer()
  private let vectorBuffer = Buffer()

  /// [T, E]: the sum that the layers add to.
  var residual: UnsafeMutableBufferPointer<Float> { residualBuffer.elements }
  /// [T, E]: normalized input of a part of a layer, or its output.
  var normalized: UnsafeMutableBufferPointer<Float> { normalizedBuffer.elements }
  /// [T, the widest that a layer computes].
  var wide: UnsafeMutableBufferPointer<Float> { wideBuffer.elements }
  /// [rows asked for, V].
  var logits: UnsafeMutableBufferPointer<Float> { logitsBuffer.elements }
  /// [E]: a decoded position.
  var vector: UnsafeMutableBufferPointer<Float> { vectorBuffer.elements }

  init(_ config: GPT2Config) throws(OutOfMemory) {
    width = config.width
    wideWidth = config.wideWidth
    vocabularySize = config.vocabularySize
    try vectorBuffer.reserve(width)
  }

  /// Makes room for `count` tokens.
  func reserve(rows count: Int) throws(OutOfMemory) {
    try residualBuffer.reserve(count * width)
    try normalizedBuffer.reserve(count * width)
    try wideBuffer.reserve(count * wideWidth)
  }

  /// Makes room for the logits of `count` tokens.
  func reserve(logits count: Int) throws(OutOfMemory) {
    try logitsBuffer.reserve(count * vocabularySize)
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
