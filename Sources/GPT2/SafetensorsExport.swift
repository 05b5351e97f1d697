import ModelFiles
public import Quantization
import SafeFiles
import Tokenization

extension GPT2Model {
  /// How a model is written as a directory in Hugging Face's layout.
  public struct DirectoryExport: Sendable {
    /// Of what is not quantized.
    public var floats = FloatFormat.float32
    /// Whether quantized layers are written as the floats that they decode to.
    public var dequantizes = false
    /// Whether files of the same names are replaced.
    public var replaces = false

    public init() {}
  }

  /// Where bitsandbytes cannot compute with what `write(directory:as:)` packs, to be told to whoever exports;
  /// nil where it can.
  ///
  /// Its 4-bit kernels for processors with AVX-512 take the absmax as a matrix of rows by blocks, so a block may
  /// not run from one row into the next. Those for graphics cards take any. Source: bitsandbytes 0.50,
  /// `functional._convert_weight_packed_for_cpu`.
  public var blocksAcrossRows: String? {
    for tensor in config.tensors {
      guard case .matrix(let matrix as FourBitMatrix, _)? = parameters[tensor.name],
        !matrix.columns.isMultiple(of: matrix.blockSize)
      else { continue }
      return "blocks of \(matrix.blockSize) run across the rows of \(tensor.name), which have "
        + "\(matrix.columns) weights: transformers loads them, but bitsandbytes computes with them on a GPU "
        + "only, not on every CPU"
    }
    return nil
  }

  /// Names of the files that `write(directory:as:)` would replace, in the order in which it writes them, and of
  /// those that it would remove.
  ///
  /// - Throws: `FileError` for a file of the tokenizer that cannot be read.
  public func filesInTheWay(in directory: String) throws -> [String] {
    let taken = Set(DirectoryListing.names(in: directory))
    let companions = try checkpoint?.companionFiles().map(\.name) ?? []
    return Self.obsolete(in: directory, beside: companions)
      + (["model.safetensors"] + companions + ["config.json"]).filter(taken.contains)
  }

  /// Files of another model that would be taken for a part of this one: its shards with their index, its
  /// settings for generating, and, if this one has a tokenizer, the files of the other's. A tokenizer that was
  /// put beside a model without one stays.
  private static func obsolete(in directory: String, beside companions: [String]) -> [String] {
    let taken = Set(DirectoryListing.names(in: directory))
    let hasTokenizer = ["tokenizer.json", "vocab.json"].contains(where: companions.contains)
    let others = CompanionFiles.names.filter {
      !companions.contains($0) && (hasTokenizer || $0 == EndTokens.file)
    }
    return (ModelWeights.shardFiles(in: directory) + others).filter(taken.contains)
  }

  /// Writes `model.safetensors`, `config.json` and what belongs to the tokenizer.
  ///
  /// Layers in NF4, FP4 and LLM.int8() are written as bitsandbytes keeps them, so that
  /// `AutoModelForCausalLM.from_pretrained` loads them packed. The configuration comes last: without
  /// it, a directory is no model.
  ///
  /// - Throws: `GPT2Error.notExportable` for what Hugging Face's layout has no form for; `FileError`,
  ///   with `exists` for what is not to be replaced; `QuantizationError`; `CancellationError`.
  public func write(
    directory: String, as export: DirectoryExport, progress: ProgressHandler? = nil
  ) throws {
    let quantization = export.dequantizes ? nil : try bitsandbytesConfiguration()
    let companions = try checkpoint?.companionFiles() ?? []
    if !export.replaces, let name = try filesInTheWay(in: directory).first {
      throw FileError(.exists, path: "\(directory)/\(name)")
    }
    let obsolete = Self.obsolete(in: directory, beside: companions.map(\.name))
    for name in obsolete where FileListing.isFolder("\(directory)/\(name)") {
      throw FileError(.notAFile, path: "\(directory)/\(name)")
    }
    try AtomicWrite.makeDirectory(directory)
    try writer(export, progress).write(
      to: directory + "/model.safetensors", replacing: export.replaces)
    for file in companions {
      try AtomicWrite.write(file.contents, to: "\(directory)/\(file.name)")
    }
    let written = Set(["model.safetensors", "config.json"] + companions.map(\.name))
    for name in obsolete where !written.contains(name) {
      try AtomicWrite.remove("\(directory)/\(name)")
    }
    try AtomicWrite.write(
      JSONValue.object(configuration(export, quantization)).indentedText + "\n",
      to: directory + "/config.json")
  }

  private func writer(_ export: DirectoryExport, _ progress: ProgressHandler?) -> SafetensorsWriter
  {
    var writer = SafetensorsWriter()
    writer.metadata = ["format": "pt"]
    for (index, tensor) in config.tensors.enumerated() {
      guard let parameter = parameters[tensor.name] else { continue }
      let name = config.nameInFiles(tensor.name, prefix: GPT2Config.namePrefix)
      let layer = name.hasSuffix(".weight") ? String(name.dropLast(".weight".count)) : name
      if !export.dequantizes, case .matrix(let matrix as FourBitMatrix, _) = parameter {
        writer.add(layer: layer, matrix, dtype: export.floats)
      } else if !export.dequantizes, case .matrix(let matrix as LLMInt8Matrix, _) = parameter {
        writer.add(layer: layer, matrix)
      } else {
        let tell = telling(progress, index)
        writer.add(
          name, export.floats.tensorType, shape: tensor.shape,
          pieces: pieces(of: parameter, tensor, tensor.orientation, tell) {
            (weights) throws(QuantizationError) in
            try export.floats.bytes(of: weights, tensor: tensor.name)
          })
      }
    }
    return writer
  }

  /// `quantization_config` as transformers writes it; nil where no layer is quantized.
  private func bitsandbytesConfiguration() throws(GPT2Error) -> JSONObject? {
    var formats: Set<String> = []
    var isDouble = false
    for tensor in config.tensors {
      guard case .matrix(let matrix, let format)? = parameters[tensor.name] else { continue }
      let isLinear = if case .linear = tensor.kind { true } else { false }
      switch matrix {
      case let matrix as FourBitMatrix:
        isDouble = isDouble || matrix.doubleQuantization != nil
        formats.insert(format)
      case is LLMInt8Matrix: formats.insert(format)
      case is Int8Matrix:
        throw .notExportable(
          "\(tensor.name) is in \(format), for which Hugging Face's layout has no form: dequantize it, "
            + "or take llmInt8")
      default: if isLinear { formats.insert("float") }
      }
      guard isLinear || !(matrix is FourBitMatrix || matrix is LLMInt8Matrix) else {
        throw .notExportable(
          "\(tensor.name) is quantized, which transformers does for linear layers only")
      }
    }
    guard formats != ["float"] else { return nil }
    guard formats.count == 1, let format = formats.first else {
      throw .notExportable(
        "linear layers are in \(formats.sorted().joined(separator: " and ")), transformers has them in one "
          + "format")
    }
    let isFourBit = format != LLMInt8Scheme.name
    var object = JSONObject()
    object["_load_in_4bit"] = .boolean(isFourBit)
    object["_load_in_8bit"] = .boolean(!isFourBit)
    object["bnb_4bit_compute_dtype"] = .string("float32")
    object["bnb_4bit_quant_storage"] = .string("uint8")
    object["bnb_4bit_quant_type"] = .string(isFourBit ? format : "fp4")
    object["bnb_4bit_use_double_quant"] = .boolean(isDouble)
    object["llm_int8_enable_fp32_cpu_offload"] = .boolean(false)
    object["llm_int8_has_fp16_weight"] = .boolean(false)
    object["llm_int8_skip_modules"] = .null
    object["llm_int8_threshold"] = .number(Double(outlierThreshold ?? 6))
    object["load_in_4bit"] = .boolean(isFourBit)
    object["load_in_8bit"] = .boolean(!isFourBit)
    object["quant_method"] = .string("bitsandbytes")
    return object
  }

  /// LLM.int8()'s, of the first layer that has one.
  private var outlierThreshold: Float? {
    for parameter in parameters.values {
      if case .matrix(let matrix as LLMInt8Matrix, _) = parameter { return matrix.outlierThreshold }
    }
    return nil
  }

  /// The fields of the model's own configuration, and those that say what was written.
  private func configuration(
    _ export: DirectoryExport, _ quantization: JSONObject?
  ) -> JSONObject {
    var fields = checkpoint?.configurationFields ?? config.fields
    if checkpoint?.configurationFields == nil, let roles = (try? tokenizer())?.roles {
      // Without, transformers takes the numbers of GPT-2's own vocabulary.
      fields["bos_token_id"] = roles.beginning.map { .integer(Int($0)) }
      fields["eos_token_id"] = roles.end.map { .integer(Int($0)) }
    }
    fields["architectures"] = .array([.string("GPT2LMHeadModel")])
    fields["tie_word_embeddings"] = .boolean(config.tiesHead)
    fields["torch_dtype"] = nil
    fields["dtype"] = .string(export.floats.rawValue)
    fields["quantization_config"] = quantization.map { .object($0) }
    return fields
  }
}
