import Quantization
public import SafeFiles
public import Tokenization

/// A GPT-2 as Hugging Face's `GPT2LMHeadModel` computes it, its weights in any number format.
///
/// A value: quantizing makes another model, and what is the same in both is shared. To compute
/// with it, make a ``GPT2Session``. Source: Radford et al. 2019, "Language Models are Unsupervised
/// Multitask Learners"; transformers, `models/gpt2/modeling_gpt2.py`.
public struct GPT2Model: Sendable {
  /// Where the weights come from.
  public enum Source: Hashable, Sendable {
    /// A directory in Hugging Face's layout, or a file of another format, by its path.
    case files(String)
    /// Hugging Face's initialisation with pseudo-random numbers of this seed.
    case random(seed: UInt64)
  }

  /// Whether its weights are random.
  public var isRandom: Bool { if case .random = source { true } else { false } }

  /// What a reader calls it: the name of the directory or file, or `random:gpt2`.
  public let name: String
  public let source: Source
  public let config: GPT2Config
  /// The names of all tensors in the order of the computation, without `transformer.`.
  public let tensorNames: [String]

  /// The files of weights; nil for a random model.
  let checkpoint: (any Checkpoint)?
  let parameters: [String: Parameter]
  /// What the matrices were before any quantization, for quantizing them.
  let originals: [String: OriginalMatrix]
  let transformer: GPT2Transformer
  /// [V, E]: the token embedding where the head is tied.
  let head: any WeightMatrix

  init(
    name: String, source: Source, config: GPT2Config, checkpoint: (any Checkpoint)?,
    parameters: [String: Parameter], originals: [String: OriginalMatrix]
  ) throws(GPT2Error) {
    self.name = name
    self.source = source
    self.config = config
    self.checkpoint = checkpoint
    self.parameters = parameters
    self.originals = originals
    tensorNames = config.tensors.map(\.name)
    let lookup = ParameterLookup(parameters: parameters)
    transformer = try GPT2Transformer(config, lookup)
    head = try lookup.matrix(config.storedHeadName)
  }

  /// A model with some parameters replaced.
  func replacing(_ replacements: [String: Parameter]) throws(GPT2Error) -> GPT2Model {
    try GPT2Model(
      name: name, source: source, config: config, checkpoint: checkpoint,
      parameters: parameters.merging(replacements) { $1 }, originals: originals)
  }

  /// The tensor of this name; nil where the model has none.
  public subscript(name: String) -> Parameter? { parameters[name] }

  /// The number of parameters, a tied head counted once.
  public var parameterCount: Int { config.parameterCount }

  /// Bytes by the report's account, which is Hugging Face's `get_memory_footprint`: elements times
  /// bits of a code. The constants of a format count nothing, a tied tensor once.
  public var reportedBytes: Int { parameters.values.reduce(0) { $0 + $1.storage.codeBytes } }

  /// Bytes that the weights take in memory, with all constants and padding.
  public var packedBytes: Int { parameters.values.reduce(0) { $0 + $1.storage.packedBytes } }

  /// Bits for each parameter, with the constants of the formats and without padding.
  public var bitsPerWeight: Double {
    let bytes = parameters.values.reduce(0) { $0 + $1.storage.codeBytes + $1.storage.constantBytes }
    return 8 * Double(bytes) / Double(parameterCount)
  }

  /// SHA-256 of the weights' files, or of what a random model is made from. Reads every byte that
  /// `hashes` does not remember.
  public func sha256(
    by hashes: FileHashes = FileHashes()
  ) throws(CancellationError) -> String {
    if let checkpoint { return try checkpoint.sha256(by: hashes) }
    return ContentHash.sha256(of: "\(RandomWeights.generator) \(source) \(config.shapeText)")
  }

  /// The tokenizer within the files of weights or beside them; nil for a random model, and for a GGUF
  /// file without one.
  public func tokenizer() throws(TokenizerError) -> Tokenizer? { try checkpoint?.tokenizer() }

  /// Whether it has one, which may be damaged.
  public var hasTokenizer: Bool { checkpoint?.hasTokenizer == true }

  /// A matrix before any quantization; of one that was loaded quantized, its decoded weights.
  func original(of name: String) throws(QuantizationError) -> MatrixView? {
    if let original = originals[name] { return try original.view() }
    guard case .matrix(let matrix, _)? = parameters[name] else { return nil }
    return MatrixView(matrix.decoded(), rows: matrix.rows, columns: matrix.columns, name: name)
  }

  /// The format in which a file holds a matrix that it holds quantized; nil for others.
  func quantizedFormat(of name: String) -> String? {
    switch originals[name] {
    case .blocks(let blocks): return blocks.format.name
    case .floats: return nil
    case nil:
      guard case .matrix(_, let format)? = parameters[name] else { return nil }
      return format
    }
  }

  /// Makes the matrices that the file does not hold as they are computed with.
  ///
  /// - Throws: `GPT2Error.weights`; `CancellationError` between matrices.
  func prepare() throws {
    for matrix in transformer.factors + [head] {
      guard let matrix = matrix as? DeferredMatrix else { continue }
      try Task.checkCancellation()
      do throws(QuantizationError) { try matrix.prepare() } catch {
        throw GPT2Error.weights(error)
      }
    }
  }

  /// Says that a tensor's file will not be read soon, so that the process need not hold it: what was
  /// mapped and looked at counts as its memory else.
  func discardPages(of name: String) {
    guard let checkpoint else { return }
    originals[name]?.discardPages(in: checkpoint.files)
  }
}
