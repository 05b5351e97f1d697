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

  init(_ config: GPT2Config) {
    self.config = config
    vectorBuffer.reserve(config.width)
  }

  /// Makes room for `count` tokens.
  func reserve(rows count: Int) {
    residualBuffer.reserve(count * config.width)
    normalizedBuffer.reserve(count * config.width)
    wideBuffer.reserve(count * max(3 * config.width, config.innerWidth))
  }

  /// Makes room for the logits of `count` tokens.
  func reserve(logits count: Int) { logitsBuffer.reserve(count * config.vocabularySize) }

  /// Floats that grow, losing their contents.
  private final class Buffer {
    private(set) var elements = UnsafeMutableBufferPointer<Float>(start: nil, count: 0)
    private var memory: LargeMemory?

    func reserve(_ count: Int) {
      guard count > elements.count else { return }
      memory = nil
      let memory = LargeMemory(byteCount: count * MemoryLayout<Float>.stride)
      elements = UnsafeMutableBufferPointer(
        start: memory.start.bindMemory(to: Float.self, capacity: count), count: count)
      self.memory = memory
    }
  }
}
