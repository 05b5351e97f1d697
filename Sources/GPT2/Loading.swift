#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

import Kernels
import ModelFiles
public import Quantization
import SafeFiles

extension GPT2Model {
  /// Loads a directory in Hugging Face's layout: `config.json` and the weights.
  ///
  /// Names may begin with `transformer.`; the masks `attn.bias` and `attn.masked_bias` of older
  /// files are passed over. Float32 weights stay in the mapped file and are not copied.
  ///
  /// - Parameter format: how the weights are held and computed from, whatever the file has.
  /// - Throws: `GPT2Error` naming the file and the field or tensor at fault; `CancellationError`
  ///   between tensors.
  public static func load(
    directory: String, name: String? = nil, as format: FloatFormat = .float32,
    progress: ProgressHandler? = nil
  ) throws -> GPT2Model {
    let path =
      directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
    var config: GPT2Config
    let weights: ModelWeights
    do throws(ModelFileError) {
      config = try GPT2Config(path: path + "/config.json")
      weights = try ModelWeights(directory: path)
    } catch { throw GPT2Error.file(error) }
    var loading = WeightLoading(weights: weights, format: format)
    config.tiesHead = loading.tiesHead(config)
    try loading.load(config, progress)
    return try GPT2Model(
      name: name ?? path.split(separator: "/").last.map(String.init) ?? path,
      source: .directory(path), config: config, weights: weights,
      parameters: loading.parameters, originals: loading.originals)
  }
}

extension GPT2Model {
  /// Whether a directory's configuration and headers are those of a model; no weight is read.
  ///
  /// - Returns: the configuration.
  /// - Throws: `GPT2Error`, the same as ``load(directory:name:as:progress:)`` would.
  @discardableResult
  public static func checkHeaders(directory path: String) throws(GPT2Error) -> GPT2Config {
    var config: GPT2Config
    let weights: ModelWeights
    do throws(ModelFileError) {
      config = try GPT2Config(path: path + "/config.json")
      weights = try ModelWeights(directory: path)
    } catch { throw .file(error) }
    let loading = WeightLoading(weights: weights, format: .float32)
    // Whether a head of its own shape is the embedding, only the weights tell: it has its place either way.
    config.tiesHead = config.tiesHead && loading.headMayBeEmbedding
    try loading.checkNames(config)
    return config
  }
}

/// Finds the tensors of a configuration among those of the files.
private struct WeightLoading {
  let weights: ModelWeights
  let format: FloatFormat
  private let prefix: String
  private(set) var parameters: [String: Parameter] = [:]
  private(set) var originals: [String: MatrixView] = [:]

  init(weights: ModelWeights, format: FloatFormat) {
    self.weights = weights
    self.format = format
    prefix = weights["transformer.wte.weight"] == nil ? "" : "transformer."
  }

  /// The head is one with the embedding if the configuration says so, and the files do not hold
  /// another one (transformers 5 does not tie it then either).
  func tiesHead(_ config: GPT2Config) -> Bool {
    guard config.tiesHead, headMayBeEmbedding else { return false }
    guard let head = weights["lm_head.weight"], let embedding = weights[prefix + "wte.weight"]
    else {
      return true
    }
    return areEqual(head.bytes, embedding.bytes)
  }

  /// By the headers: there is no head beside the embedding, or one of its type and shape.
  var headMayBeEmbedding: Bool {
    guard let head = weights["lm_head.weight"], let embedding = weights[prefix + "wte.weight"]
    else {
      return true
    }
    return head.entry.type == embedding.entry.type && head.entry.shape == embedding.entry.shape
  }

  mutating func load(_ config: GPT2Config, _ progress: ProgressHandler?) throws {
    try checkNames(config)
    let tensors = config.tensors
    for (index, tensor) in tensors.enumerated() {
      try Task.checkCancellation()
      guard let found = weights[nameInFiles(tensor)] else { continue }
      try add(tensor, found)
      progress?(
        ProgressUpdate(
          activity: "loading", completed: index + 1, total: tensors.count, unit: "tensors"))
    }
  }

  /// Whether the files hold the tensors of a configuration, each in its shape and as floats, and no others.
  func checkNames(_ config: GPT2Config) throws(GPT2Error) {
    guard config.parameterCount <= GPT2Config.parameterLimit else {
      throw .tooLarge(parameters: config.parameterCount)
    }
    var expected: Set<String> = []
    for tensor in config.tensors {
      let name = nameInFiles(tensor)
      expected.insert(name)
      guard let found = weights[name] else {
        throw .missingTensor(name, shape: tensor.shape, path: weights.path)
      }
      guard found.entry.shape == tensor.shape else {
        throw .wrongShape(
          name, expected: tensor.shape, found: found.entry.shape, path: found.file.path)
      }
      _ = try Self.fileFormat(of: found)
    }
    for name in weights.names where !expected.contains(name) && !isPassedOver(name, config) {
      guard let found = weights[name] else { continue }
      throw .unexpectedTensor(name, shape: found.entry.shape, path: found.file.path)
    }
  }

  private func nameInFiles(_ tensor: TensorDescription) -> String {
    tensor.name == "lm_head.weight" ? tensor.name : prefix + tensor.name
  }

  private static func fileFormat(of found: ModelWeights.Tensor) throws(GPT2Error) -> FloatFormat {
    switch found.entry.type {
    case .float32: .float32
    case .float16: .float16
    case .bfloat16: .bfloat16
    default:
      throw .wrongType(
        found.entry.name, found: found.entry.type.rawValue, path: found.file.path)
    }
  }

  /// The causal masks that old versions of transformers saved, and a head that is the embedding.
  private func isPassedOver(_ name: String, _ config: GPT2Config) -> Bool {
    if name == "lm_head.weight" { return config.tiesHead }
    return (0..<config.layerCount).contains { layer in
      name == "\(prefix)h.\(layer).attn.bias" || name == "\(prefix)h.\(layer).attn.masked_bias"
    }
  }

  private mutating func add(_ tensor: TensorDescription, _ found: ModelWeights.Tensor) throws {
    let fileFormat = try Self.fileFormat(of: found)
    if tensor.kind == .gain || tensor.kind == .bias {
      let view = MatrixView(
        found.bytes, rows: 1, columns: tensor.elementCount, orientation: .outIn,
        format: fileFormat, owner: found.file)
      let vector = WeightVector(view.decoded(), as: format)
      parameters[tensor.name] = .vector(vector, format: format.rawValue)
      return
    }
    let matrix: HeldMatrix
    do throws(QuantizationError) {
      matrix = try HeldMatrix(tensor, found, fileFormat: fileFormat, as: format)
    } catch .cancelled {
      throw CancellationError()
    } catch { throw GPT2Error.weights(error) }
    parameters[tensor.name] = .matrix(matrix.matrix, format: format.rawValue)
    originals[tensor.name] = matrix.view
  }
}

/// Byte by byte, ten times as fast as the elements of a collection.
private func areEqual(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
  guard a.count == b.count, let first = a.baseAddress, let second = b.baseAddress else {
    return a.count == b.count
  }
  return memcmp(first, second, a.count) == 0
}

extension MatrixView {
  /// All elements as Float32, [rows, columns].
  func decoded() -> [Float] {
    [Float](unsafeUninitializedCapacity: rows * columns) { buffer, count in
      copy(rows: 0..<rows, into: buffer)
      count = rows * columns
    }
  }
}
