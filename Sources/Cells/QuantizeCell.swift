import Diagnostics
import GPT2
public import NotebookLanguage
import Quantization

/// ` ```{quantize} `: replaces weights of a model by quantized ones.
public struct QuantizeCell: Cell {
  public static let name = "quantize"
  public static let version = 2
  public static let summary = "Quantizes a model, or the tensors of it that are selected."
  public static let isStored = true
  public static let allowsSweep = true
  public static let example = """
    #| label: nf4-q
    of: base
    scheme: nf4
    blockSize: 64
    only: ["h.*.attn.*", "h.*.mlp.*"]
    """

  public static var keys: [SchemaKey<Self>] {
    [
      .required("of", \.source, help: "Label of the load cell."),
      .required("scheme", \.scheme, help: "How to quantize."),
      .optional(
        "codes", \.codes,
        help: "int8: scaled (if not given), or raw to use the codes without their scale."),
      .optional(
        "granularity", \.granularity, help: "int8: what shares a scale; channel if not given."),
      .optional(
        "symmetric", \.symmetric,
        help: "int8: true (if not given) by absmax, false by minimum and maximum."),
      .optional(
        "blockSize", \.blockSize,
        help: "fp4, nf4: weights that share an absmax; int8: of a group; 64 if not given."),
      .optional(
        "doubleQuantization", \.doubleQuantization,
        help: "fp4, nf4: whether absmax get 8 bits; false if not given."),
      .optional(
        "codeRule", \.codeRule,
        help:
          "fp4, nf4: whose codes to give where bitsandbytes' backends differ; cpu if not given."),
      .optional(
        "compute", \.compute,
        help:
          "int8, fp4, nf4: float32 products (if not given), or int8 with activations rounded to 8 bits."
      ),
      .optional(
        "outlierThreshold", \.outlierThreshold,
        help: "llmInt8: activations from here on stay in floating point; 6 if not given."),
      .optional(
        "head", \.head, help: "Format of the output head, where the scheme leaves it."),
      .optional("only", \.only, help: "Patterns of the tensors to quantize, such as h.*.attn.*."),
      .optional("except", \.except, help: "Patterns of tensors to leave."),
      .optional(
        "layer", \.layer,
        help:
          "Quantize this block alone, from 0; in place of 'only'. A list tries one after another."),
      .optional(
        "component", \.component,
        help: "Quantize this matrix of the blocks alone; in place of 'only'."),
      .optional("rest", \.rest, help: "Format of what is left; the scheme's own if not given."),
    ]
  }
  public static var keyAliases: [String: String] {
    [
      "groupsize": "blockSize", "blocksize": "blockSize", "method": "scheme",
      "doublequant": "doubleQuantization", "usedoublequant": "doubleQuantization",
      "threshold": "outlierThreshold", "llmint8threshold": "outlierThreshold", "skip": "except",
      "quanttype": "scheme",
    ]
  }

  var source = Label<LoadedModel>()
  var scheme = Scheme.int8
  var codes: Spanned<Codes>?
  var granularity: Spanned<Granularity>?
  var symmetric: Spanned<Bool>?
  var blockSize: Spanned<Int>?
  var doubleQuantization: Spanned<Bool>?
  var codeRule: Spanned<Rule>?
  var compute: Spanned<Compute>?
  var outlierThreshold: Spanned<Double>?
  var head: HeadFormat?
  var only: [Spanned<String>] = []
  var except: [Spanned<String>] = []
  var layer: Spanned<Int>?
  var component: Spanned<Component>?
  var rest: RestFormat?

  private static let defaultBlockSize = 64

  public init() {}

  enum Scheme: String, SchemaChoice {
    case int8, llmInt8, fp4, nf4
    static var subject: String { "scheme" }
    static var aliases: [String: String] {
      [
        "8bit": "llmInt8", "loadin8bit": "llmInt8", "bnb": "llmInt8", "4bit": "fp4",
        "loadin4bit": "fp4", "int4": "fp4", "normalfloat4": "nf4", "q80": "int8",
      ]
    }
    var help: String? { AllSchemes.named(rawValue).map { $0.summary + "." } }
  }

  enum Codes: String, SchemaChoice {
    case scaled, raw
    static var subject: String { "use of codes" }
  }

  enum Rule: String, SchemaChoice {
    case cpu, cuda
    static var subject: String { "rule of codes" }
    static var aliases: [String: String] { ["gpu": "cuda"] }
  }

  enum Compute: String, SchemaChoice {
    case float32, int8
    static var subject: String { "arithmetic" }
    static var aliases: [String: String] {
      ["fp32": "float32", "exact": "float32", "8bit": "int8", "integer": "int8"]
    }
  }

  enum HeadFormat: String, SchemaChoice {
    case int8
    static var subject: String { "format of the head" }
    static var aliases: [String: String] { ["8bit": "int8", "q80": "int8"] }
  }

  /// The matrices of a block, by the names that Hugging Face has for them.
  enum Component: String, SchemaChoice {
    case queryKeyValue = "attn.c_attn"
    case attentionOutput = "attn.c_proj"
    case up = "mlp.c_fc"
    case down = "mlp.c_proj"
    static var subject: String { "component" }
    static var aliases: [String: String] {
      [
        "qkv": "attn.c_attn", "cattn": "attn.c_attn", "cfc": "mlp.c_fc", "up": "mlp.c_fc",
        "down": "mlp.c_proj",
      ]
    }
    var help: String? {
      switch self {
      case .queryKeyValue: "To queries, keys and values."
      case .attentionOutput: "From the heads back to the residual stream."
      case .up: "To the inner width of the feed-forward layer."
      case .down: "From the inner width back to the residual stream."
      }
    }
  }

  enum Granularity: String, SchemaChoice {
    case tensor, channel, group
    static var subject: String { "granularity" }
    static var aliases: [String: String] { ["row": "channel", "pertensor": "tensor"] }
  }

  enum RestFormat: String, SchemaChoice {
    case float32, float16, bfloat16
    static var subject: String { "float format" }
    static var aliases: [String: String] {
      ["fp16": "float16", "fp32": "float32", "bf16": "bfloat16", "half": "float16"]
    }
  }

  /// What `only` says, or `layer` and `component` in its place; nil where the scheme chooses.
  private var chosen: [String]? {
    if layer != nil || component != nil {
      let layer = layer.map { "\($0.value)" } ?? "*"
      let parts = component.map { [$0.value.rawValue] } ?? Component.allCases.map(\.rawValue)
      return parts.map { "h.\(layer).\($0).weight" }
    }
    return only.isEmpty ? nil : only.map(\.value)
  }

  var selection: TensorSelection {
    TensorSelection(
      only: chosen?.map { TensorPattern($0) }
        ?? GPT2Config.patterns(of: configuredScheme.usualTensors),
      except: except.map { TensorPattern($0.value) })
  }

  var nothingSelected: Diagnostic {
    Diagnostic(
      .unmatchedPattern, "nothing would be quantized: no weight is left of the selection",
      at: (only.first ?? except.first)?.span ?? source.span,
      help: "biases are never quantized; 'except' wins over 'only'")
  }

  /// What keys stand for that are left out and hang on the scheme.
  private var impliedSettings: [String: String] {
    let rest = ["rest": configuredScheme.remainder.rawValue]
    switch scheme {
    case .int8:
      let group = granularity?.value == .group ? ["blockSize": "\(Self.defaultBlockSize)"] : [:]
      return rest.merging(group) { $1 }.merging(
        [
          "codes": Codes.scaled.rawValue, "granularity": Granularity.channel.rawValue,
          "symmetric": "true", "compute": Compute.float32.rawValue,
        ]) { $1 }
    case .llmInt8:
      return rest.merging(
        ["outlierThreshold": SchemaForm.address(of: Double(LLMInt8Scheme().outlierThreshold))]) {
          $1
        }
    case .fp4, .nf4:
      return rest.merging(
        [
          "blockSize": "\(Self.defaultBlockSize)", "doubleQuantization": "false",
          "codeRule": Rule.cpu.rawValue, "compute": Compute.float32.rawValue,
        ]) { $1 }
    }
  }

  public func settled(_ settings: [Setting], in scope: KeyScope) -> [Setting] {
    var settings = settings
    if layer != nil || component != nil {
      settings.removeAll { $0.path == "layer" || $0.path == "component" }
      settings += Setting.list(chosen ?? [], at: "only")
    }
    let written = Set(settings.map(\.path))
    return settings
      + impliedSettings.filter { !written.contains($0.key) }.map {
        Setting(path: $0.key, text: $0.value)
      }
  }

  public func shape(in scope: CheckScope) -> Shape {
    .fields([
      "coverage": QuantizedModelValue.coverageShape, "bitsPerWeight": .number, "bytes": .bytes,
      "packed": .bytes, "relativeError": .number, "tensors": .list,
    ])
  }

  public func run(in context: CellContext) async throws -> QuantizedModelValue {
    let loaded = try await context.value(of: source)
    let base = loaded.model
    let mistakes = PatternCheck.problems(only + except, tensors: base.tensorNames)
    guard mistakes.isEmpty else { throw DiagnosticList(mistakes) }
    let report = context.progress
    let selection = selection
    try base.checkMemory(toQuantizeBy: configuredScheme, at: source.span) { name in
      name.hasSuffix(".weight") && selection.contains(name)
        || head != nil && name == base.storedHeadName
    }
    do {
      let quantized = try base.quantized(
        by: configuredScheme,
        only: selection.only, except: selection.except,
        head: head.map { _ in channelScheme },
        store: loaded.tensorStore(in: context),
        progress: { report(CellProgress($0)) })
      guard quantized.quantizedCount > 0 else { throw nothingSelected }
      return QuantizedModelValue(base: loaded, quantized: quantized)
    } catch let error as QuantizationError {
      throw Diagnostic(
        error.code(otherwise: .quantizationFailed), error.description, at: source.span)
    } catch let error as GPT2Error {
      throw Diagnostic(
        error.code(otherwise: .quantizationFailed), error.description, at: source.span)
    }
  }

  public func restored(from stored: StoredResult) -> any CellValue { RestoredModel(stored) }

  public static func display(ofSweep record: NotebookLanguage.Value) -> Display? {
    SweptCoverageTable.display(of: record)
  }

  var configuredScheme: any QuantizationScheme {
    switch scheme {
    case .int8:
      var configured = Int8Scheme()
      configured.compute = arithmetic
      configured.coding.rawCodes = codes?.value == .raw
      configured.coding.mapping = symmetric?.value == false ? .zeroPoint : .absmax
      switch granularity?.value ?? .channel {
      case .tensor: configured.coding.granularity = .tensor
      case .channel: configured.coding.granularity = .channel
      case .group: configured.coding.granularity = .group(blockSize?.value ?? Self.defaultBlockSize)
      }
      return storingRest(of: configured)
    case .llmInt8:
      var configured = LLMInt8Scheme()
      if let outlierThreshold { configured.outlierThreshold = Float(outlierThreshold.value) }
      return storingRest(of: configured)
    case .fp4: return storingRest(of: configured(FP4Scheme()))
    case .nf4: return storingRest(of: configured(NF4Scheme()))
    }
  }

  private func configured(_ scheme: some FourBitScheme) -> some FourBitScheme {
    var scheme = scheme
    scheme.blockSize = blockSize?.value ?? Self.defaultBlockSize
    scheme.doubleQuantized = doubleQuantization?.value ?? false
    scheme.rule = codeRule?.value == .cuda ? .cuda : .cpu
    scheme.compute = arithmetic
    return scheme
  }

  /// For a head: one absmax for each token of the vocabulary.
  private var channelScheme: Int8Scheme {
    var scheme = Int8Scheme()
    scheme.coding.granularity = .channel
    scheme.compute = arithmetic
    return scheme
  }

  private var arithmetic: ProductArithmetic { compute?.value == .int8 ? .int8 : .float32 }

  private func storingRest(of scheme: some QuantizationScheme) -> any QuantizationScheme {
    var scheme = scheme
    switch rest {
    case .float32: scheme.remainder = .float32
    case .float16: scheme.remainder = .float16
    case .bfloat16: scheme.remainder = .bfloat16
    case nil: break
    }
    return scheme
  }
}
