public import GPT2

/// The memory of a model by three accounts, in bytes.
public struct MemoryUse: Hashable, Sendable {
  /// The report's account: elements times bytes of a code over all parameters, a tied one once, the
  /// constants of quantized blocks not counted. Hugging Face's `get_memory_footprint`.
  public var reported: Int
  /// What the weights take in memory, with all constants and padding.
  public var packed: Int
  /// `packed`, and by how much the process's resident memory rose at most while the model read a
  /// prompt: activations, key-value cache, logits.
  ///
  /// Measured in this process: the model reads the prompt once uncounted, so that mapped weights
  /// and the threads' stacks are resident already and do not count twice; then a new session reads
  /// it, and the kernel's high-water mark is compared with the memory resident before. What the
  /// allocator keeps of freed memory is kept out of it. Exact to some pages on Linux with glibc;
  /// where the system has no mark that can be reset, the rise of the process's overall peak, which
  /// is too small after a larger model.
  public var peak: Int

  /// Measures a model. The prompt has `tokens` tokens, or as many as fit.
  ///
  /// - Throws: `CancellationError` within the passes; `MemoryLack` before; `GPT2Error.outOfMemory`.
  public static func measure(_ model: GPT2Model, tokens: Int) throws -> MemoryUse {
    let count = max(1, min(tokens, model.config.contextLength))
    let prompt = Latency.tokens(count, vocabularySize: model.config.vocabularySize)
    try MemoryNeed.reading([model], tokens: count).check()
    try read(prompt, with: model)
    let increase = try ResidentMemory.peakIncrease { try read(prompt, with: model) }
    let packed = model.packedBytes
    return MemoryUse(reported: model.reportedBytes, packed: packed, peak: packed + increase)
  }

  private static func read(_ prompt: [Int32], with model: GPT2Model) throws {
    let session = try GPT2Session(model, capacity: prompt.count)
    try session.read(prompt)
    _ = try session.logits(rows: prompt.count - 1..<prompt.count)
  }
}
