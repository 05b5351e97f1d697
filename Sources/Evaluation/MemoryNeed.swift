public import GPT2
public import Quantization

/// What a model or a computation with it will hold of memory, beside what is held already. Weights that are mapped
/// from a file are not held: the system drops their pages where it needs room.
public struct MemoryNeed: Hashable, Sendable {
  public struct Part: Hashable, Sendable {
    /// In plural, such as `weights`.
    public var name: String
    public var bytes: Int
  }

  /// None is empty.
  public private(set) var parts: [Part] = []

  public var bytes: Int { parts.reduce(0) { $0 + $1.bytes } }

  private init() {}

  private mutating func add(_ bytes: Int, _ name: String) {
    if bytes > 0 { parts.append(Part(name: name, bytes: bytes)) }
  }

  /// A model with random weights: all of them, in FP32.
  public static func randomWeights(_ config: GPT2Config) -> Self {
    var need = Self()
    need.add(config.parameterCount * MemoryLayout<Float>.size, "weights in FP32")
    return need
  }

  /// Quantizing: the codes with their constants, the rest of the weights where it is not FP32, and the
  /// largest tensor where it is not mapped in FP32.
  ///
  /// - Parameters:
  ///   - scheme: of what `isQuantized` holds for, by the names of tensors.
  public static func quantizing(
    _ model: GPT2Model, by scheme: any QuantizationScheme,
    isQuantized: (_ tensor: String) -> Bool
  ) -> Self {
    var codes = 0
    var rest = 0
    var largestDecoded = 0
    for name in model.tensorNames {
      guard let storage = model[name]?.storage else { continue }
      if isQuantized(name) {
        // Constants of blocks take up to an eighth of a byte a weight.
        codes += storage.elements * scheme.bitsPerCode / 8 + storage.elements / 8
        if storage.bitsPerCode != 32 { largestDecoded = max(largestDecoded, 4 * storage.elements) }
      } else if scheme.remainder != .float32 {
        rest += 2 * storage.elements
      }
    }
    var need = Self()
    need.add(codes, "quantized weights")
    need.add(rest, "weights in 16 bits")
    need.add(largestDecoded, "a decoded tensor")
    return need
  }

  /// Reading tokens: keys and values, activations, and the matrices that no file holds as they are computed
  /// with.
  ///
  /// - Parameters:
  ///   - models: those that read at once.
  ///   - tokens: the most that each reads from an empty context.
  public static func reading(_ models: [GPT2Model], tokens: Int) -> Self {
    var cache = 0
    var activations = 0
    var made = 0
    for model in models {
      let config = model.config
      let positions = min(tokens, config.contextLength)
      cache += 2 * config.layerCount * positions * config.width * 4
      // Residual, normalized and the widest; logits go through the head in tiles of 64.
      let widest = max(config.innerWidth, 3 * config.width)
      activations += 4 * (positions * (2 * config.width + widest) + 64 * config.vocabularySize)
      made += model.bytesToMake
    }
    var need = Self()
    need.add(cache, "keys and values")
    need.add(activations, "activations")
    need.add(made, "weights decoded to FP32")
    return need
  }

  /// - Throws: `MemoryLack` where less is available.
  public func check(against available: AvailableMemory? = .current) throws(MemoryLack) {
    guard let available, bytes > available.bytes else { return }
    throw MemoryLack(need: self, available: available)
  }
}

/// That something needs more memory than there is.
public struct MemoryLack: Error, Hashable, Sendable {
  public var need: MemoryNeed
  public var available: AvailableMemory
}

extension QuantizationScheme {
  fileprivate var bitsPerCode: Int { self is any FourBitScheme ? 4 : 8 }
}
