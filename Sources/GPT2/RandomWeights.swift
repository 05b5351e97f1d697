import Kernels
import ModelFiles
import Quantization

extension GPT2Config {
  /// What random weights follow from. Hashes of it stand in published reports, so it stays as it is.
  var shapeText: String {
    "GPT2Config(vocabularySize: \(vocabularySize), contextLength: \(contextLength), width: \(width), "
      + "layerCount: \(layerCount), headCount: \(headCount), innerWidth: \(innerWidth), "
      + "layerNormEpsilon: \(layerNormEpsilon), scalesAttention: \(scalesAttention), "
      + "scalesAttentionByInverseLayer: \(scalesAttentionByInverseLayer), tiesHead: \(tiesHead))"
  }
}

extension GPT2Model {
  /// A model of a published size with random weights: for memory, speed and parity work. Its
  /// perplexity means nothing.
  ///
  /// - Parameter name: `gpt2`, `gpt2-medium`, `gpt2-large`, `gpt2-xl`, `distilgpt2`, or the path of
  ///   a `config.json`.
  /// - Throws: `GPT2Error`; `CancellationError` soon after the task was cancelled.
  public static func random(named name: String, seed: UInt64 = 0) throws -> GPT2Model {
    if let config = GPT2Config.named(name) {
      return try random(config, name: "random:\(name)", seed: seed)
    }
    guard name.hasSuffix(".json") else { throw GPT2Error.unknownSize(name) }
    let config: GPT2Config
    do throws(ModelFileError) { config = try GPT2Config(path: name) } catch {
      throw GPT2Error.file(error)
    }
    return try random(config, name: "random:\(name)", seed: seed)
  }

  /// A model with Hugging Face's initialisation: normal with deviation 0.02, for projections into
  /// the residual 0.02 / √(2·L); biases 0, gains 1. The same seed gives the same weights anywhere.
  ///
  /// - Throws: `GPT2Error.tooLarge`, `GPT2Error.outOfMemory`; `CancellationError` soon after the task was cancelled.
  public static func random(
    _ config: GPT2Config, name: String, seed: UInt64 = 0
  ) throws -> GPT2Model {
    guard config.parameterCount <= 1 << 33,
      LargeMemory.isAvailable(byteCount: config.parameterCount * MemoryLayout<Float>.size)
    else {
      throw GPT2Error.tooLarge(parameters: config.parameterCount)
    }
    var parameters: [String: Parameter] = [:]
    var originals: [String: OriginalMatrix] = [:]
    for (index, tensor) in config.tensors.enumerated() {
      let deviation: Double
      switch tensor.kind {
      case .gain:
        let ones = [Float](repeating: 1, count: tensor.elementCount)
        parameters[tensor.name] = .vector(WeightVector(ones), format: "float32")
        continue
      case .bias:
        let zeros = [Float](repeating: 0, count: tensor.elementCount)
        parameters[tensor.name] = .vector(WeightVector(zeros), format: "float32")
        continue
      case .linear(isProjection: true):
        deviation = 0.02 / (2 * Double(config.layerCount)).squareRoot()
      case .linear, .embedding: deviation = 0.02
      }
      let memory: TensorMemory
      do throws(OutOfMemory) { memory = try TensorMemory(count: tensor.elementCount) } catch {
        throw GPT2Error.outOfMemory(error)
      }
      try RandomWeights(seed: seed, tensor: index).fill(memory, deviation: deviation)
      let matrix = tensor.float32Matrix(UnsafeBufferPointer(memory.elements), owner: memory)
      parameters[tensor.name] = .matrix(matrix, format: "float32")
      originals[tensor.name] = .floats(
        tensor.view(UnsafeRawBufferPointer(memory.elements), owner: memory))
    }
    return try GPT2Model(
      name: name, source: .random(seed: seed), config: config, checkpoint: nil,
      parameters: parameters, originals: originals)
  }
}

/// Normal deviates for one tensor, the same on every machine and for every number of threads.
///
/// A block of 65,536 elements has a SplitMix64 generator of its own, seeded from seed, tensor and
/// block. Each 64-bit number gives four elements: 16 bits k become the quantile of the normal
/// distribution at (k + 1/2) / 65536, which reaches 4.2 standard deviations.
struct RandomWeights {
  /// Names the method, for hashes of what is made by it.
  static let generator = "splitmix64-quantile16"

  private static let blockCount = 1 << 16
  /// Sums and products wrap around, here and for the blocks: they only spread the seeds.
  private let state: UInt64

  init(seed: UInt64, tensor: Int) {
    var generator = SplitMix64(seed: seed)
    state = generator.next() &+ UInt64(tensor) &* 0xD1B5_4A32_D192_ED03
  }

  /// Blocks between looks at whether the task was cancelled: memory that the system gives for the
  /// first time takes far longer than the numbers.
  private static let sliceBlocks = 128

  /// Writes all elements, with the given standard deviation and mean 0.
  func fill(_ memory: TensorMemory, deviation: Double) throws(CancellationError) {
    let table = Self.quantiles.map { Float($0 * deviation) }
    let blocks = (memory.elements.count + Self.blockCount - 1) / Self.blockCount
    for first in stride(from: 0, to: blocks, by: Self.sliceBlocks) {
      if Task.isCancelled { throw CancellationError() }
      fill(memory, blocks: first..<min(first + Self.sliceBlocks, blocks), by: table)
    }
  }

  private func fill(_ memory: TensorMemory, blocks: Range<Int>, by table: [Float]) {
    ThreadPool.forEach(blocks.count) { index in
      let block = blocks.lowerBound + index
      let start = block * Self.blockCount
      let end = min(start + Self.blockCount, memory.elements.count)
      var generator = SplitMix64(seed: state &+ UInt64(block) &* 0xA24B_AED4_963E_E407)
      table.withUnsafeBufferPointer { table in
        var index = start
        while index < end {
          var bits = generator.next()
          for element in index..<min(index + 4, end) {
            memory.elements[element] = table[Int(bits & 0xFFFF)]
            bits >>= 16
          }
          index += 4
        }
      }
    }
  }

  /// The quantiles at (k + 1/2) / 65536 for k in 0 ..< 65536.
  private static let quantiles: [Double] = {
    let upper = (0..<32768).map { normalQuantile(0.5 + (Double($0) + 0.5) / 65536) }
    return upper.reversed().map { -$0 } + upper
  }()
}
