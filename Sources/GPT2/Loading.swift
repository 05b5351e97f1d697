import Paths
public import Quantization

extension GPT2Model {
  /// Loads a directory in Hugging Face's layout, a GGUF file, or a checkpoint of llm.c.
  ///
  /// Float32 weights stay in the mapped file and are not copied; others become Float32 when they are first
  /// computed with, since a model may be there to be quantized only. Layers that bitsandbytes quantized
  /// are held as they are.
  ///
  /// - Parameter format: how other weights are held and computed from, whatever the file has.
  /// - Throws: `GPT2Error` naming the file and the field or tensor at fault; `CancellationError`
  ///   between tensors.
  public static func load(
    path: String, name: String? = nil, as format: FloatFormat = .float32,
    progress: ProgressHandler? = nil
  ) throws -> GPT2Model {
    let path = path.utf8.count > 1 && path.endsWithSlash ? String(path.beforeLastSlash ?? "") : path
    let checkpoint = try CheckpointFormat.open(path)
    try checkpoint.check()
    let config = try checkpoint.settledConfig()
    let tensors = config.tensors
    var parameters: [String: Parameter] = [:]
    var originals: [String: OriginalMatrix] = [:]
    for (index, tensor) in tensors.enumerated() {
      try Task.checkCancellation()
      let made = try checkpoint.tensor(tensor).parameter(for: tensor, as: format)
      parameters[tensor.name] = made.parameter
      originals[tensor.name] = made.original
      progress?(
        ProgressUpdate(
          activity: "loading", completed: index + 1, total: tensors.count, unit: "tensors"))
    }
    return try GPT2Model(
      name: name ?? path.pathNames.last.map(String.init) ?? path,
      source: .files(path), config: config, checkpoint: checkpoint, parameters: parameters,
      originals: originals)
  }

  /// What can be known of a model without reading a weight.
  public struct Headers: Sendable {
    public let config: GPT2Config
    /// Whether there is a tokenizer within the files of weights or beside them.
    public let hasTokenizer: Bool
  }

  /// Reads configuration and headers at a path, and checks that they are those of a model.
  ///
  /// - Throws: `GPT2Error`, the same as ``load(path:name:as:progress:)`` would.
  @discardableResult
  public static func checkHeaders(path: String) throws(GPT2Error) -> Headers {
    let checkpoint = try CheckpointFormat.open(path)
    try checkpoint.check()
    return Headers(config: checkpoint.config, hasTokenizer: checkpoint.hasTokenizer)
  }
}
