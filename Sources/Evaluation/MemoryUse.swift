public import GPT2

/// The memory of a model by three accounts, in bytes.
public struct MemoryUse: Hashable, Sendable {
  /// The report's account: elements times bytes of a code over all parameters, a tied one once, the
  /// constants of quantized blocks not counted. Hugging Face's `get_memory_footprint`.
  public var reported: Int
  /// What the weights take in memory, with all constants and padding.
  public var packed: Int
  /// `packed`, and by how much the process's resident memory rose at most while the model read a
  /// prompt: activations, key-value cache, work space.
  public var peak: Int

  /// Measures a model. The prompt has `tokens` tokens, or as many as fit.
  ///
  /// - Throws: `GPT2Error`, which no model that was loaded should give.
  public static func measure(_ model: GPT2Model, tokens: Int) throws(GPT2Error) -> MemoryUse {
    let count = max(1, min(tokens, model.config.contextLength))
    let prompt = Latency.tokens(count, vocabularySize: model.config.vocabularySize)
    let increase = try ResidentMemory.peakIncrease { () throws(GPT2Error) in
      let session = GPT2Session(model, capacity: count)
      try session.read(prompt)
      _ = session.logits(rows: count - 1..<count)
    }
    let packed = model.packedBytes
    return MemoryUse(reported: model.reportedBytes, packed: packed, peak: packed + increase)
  }
}
