import ArgumentParser
import Cells
import Diagnostics
import Foundation
import GPT2
import NotebookLanguage
import Quantization
import SafeFiles
import StarterModel

/// Writes a model for other programs: transformers, llama.cpp and whatever reads their formats.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a model, quantized or not, for transformers or llama.cpp.",
    discussion: """
      safetensors: a folder with config.json, model.safetensors and the tokenizer. --scheme nf4, fp4 or \
      llmInt8 quantizes the linear layers as bitsandbytes stores them, and \
      AutoModelForCausalLM.from_pretrained loads them packed. Without a scheme weights stay as the model \
      has them, packed ones packed; with --dequantize all are plain numbers of --dtype.
      gguf: one file with its tokenizer in it, of --type f16, q8_0 or q4_0 by ggml's own rounding. In \
      q4_0, the embedding of tokens is q8_0.

      Nothing is overwritten without --force.

      Examples:
        quantbook export starter --scheme nf4 -o starter-nf4
        quantbook export my-gpt2 --scheme nf4 --block-size 128 --double-quantization -o my-gpt2-nf4
        quantbook export my-gpt2 --format gguf --type q8_0 -o my-gpt2.Q8_0.gguf
        quantbook export my-gpt2.Q4_0.gguf --dtype float16 -o my-gpt2-f16
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case safetensors, gguf
  }

  enum Numbers: String, CaseIterable, ExpressibleByArgument {
    case float32, float16, bfloat16

    /// The names that Hugging Face and others have for them.
    init?(argument: String) {
      switch argument.lowercased() {
      case "float32", "fp32", "f32": self = .float32
      case "float16", "fp16", "f16": self = .float16
      case "bfloat16", "bf16": self = .bfloat16
      default: return nil
      }
    }

    fileprivate var format: FloatFormat {
      switch self {
      case .float32: .float32
      case .float16: .float16
      case .bfloat16: .bfloat16
      }
    }
  }

  enum GGUFType: String, CaseIterable, ExpressibleByArgument {
    case f32, f16, q8_0, q4_0

    /// In capitals as well, as llama.cpp's programs take it.
    init?(argument: String) { self.init(rawValue: argument.lowercased()) }

    fileprivate var exported: GPT2Model.GGUFExportType {
      switch self {
      case .f32: .f32
      case .f16: .f16
      case .q8_0: .q8_0
      case .q4_0: .q4_0
      }
    }
  }

  @OptionGroup var source: ModelOptions

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("The folder or file to write.", valueName: "path"), completion: .file())
  var output: String

  @Option(help: "safetensors or gguf; gguf where the output is called so.")
  var format: Format?

  @OptionGroup var quantization: SchemeOptions

  @Flag(help: "safetensors: writes quantized layers as the plain numbers they stand for.")
  var dequantize = false

  @Option(help: "safetensors: float32, float16 or bfloat16 for what is not quantized.")
  var dtype: Numbers?

  @Option(help: "gguf: f32, f16, q8_0 or q4_0; f16 unless given.")
  var type: GGUFType?

  @Flag(help: "Replaces files that are there, and removes shards and tokenizers of another model.")
  var force = false

  @OptionGroup var engine: EngineSettings
  @OptionGroup var diagnostics: DiagnosticOptions

  private var chosenFormat: Format {
    format ?? (output.lowercased().hasSuffix(".gguf") || type != nil ? .gguf : .safetensors)
  }

  func validate() throws {
    switch chosenFormat {
    case .gguf:
      if quantization.scheme != nil || dequantize || dtype != nil {
        throw ValidationError(
          "--scheme, --dequantize and --dtype go with safetensors; --type chooses that of a GGUF file"
        )
      }
    case .safetensors:
      guard type == nil else {
        throw ValidationError("--type goes with --format gguf; --dtype is that of safetensors")
      }
      guard quantization.scheme != .int8 || dequantize else {
        throw ValidationError(
          "Hugging Face's layout has no form for int8: add --dequantize, or take llmInt8")
      }
    }
  }

  func run() async throws {
    try engine.apply(diagnostics)
    let line = ProgressLine(isShown: diagnostics.form == .text)
    let progress: ProgressHandler = { line.update(CellProgress($0)) }
    do {
      try await Interruption.ending(diagnostics.form) { [self] in
        defer { line.clear() }
        try write(try await source.load(line), progress)
      }
    } catch let error as Diagnostic {
      diagnostics.show([error])
      throw ExitStatus.of([error])
    }
    diagnostics.tell("wrote \(output)")
  }

  private func write(_ base: GPT2Model, _ progress: @escaping ProgressHandler) throws {
    do {
      if !force { try checkThatNothingIsReplaced(by: base) }
      let made = try quantization.selected.map {
        try quantization.checkMemory(base, $0)
        return try base.quantized(by: $0, progress: progress)
      }
      let model = made?.model ?? base
      let isCoded = chosenFormat == .gguf && [.q8_0, .q4_0].contains(type)
      if let remark = made?.secondQuantization ?? (isCoded ? base.quantizedAlready : nil) {
        diagnostics.remark(remark)
      }
      if chosenFormat == .safetensors, !dequantize, let remark = model.blocksAcrossRows {
        diagnostics.remark(remark)
      }
      if chosenFormat == .gguf, !model.hasTokenizer {
        diagnostics.remark(
          "'\(model.name)' has no tokenizer, and llama.cpp loads no file without one")
      }
      switch chosenFormat {
      case .safetensors:
        var export = GPT2Model.DirectoryExport()
        export.floats = (dtype ?? .float32).format
        export.dequantizes = dequantize
        export.replaces = force
        try model.write(directory: output, as: export, progress: progress)
      case .gguf:
        try model.write(
          gguf: output, as: (type ?? .f16).exported, replacing: force, progress: progress)
      }
    } catch let error as CancellationError {
      throw error
    } catch let error as Diagnostic {
      throw error
    } catch {
      throw Diagnostic(.cannotWrite, "\(error)", at: nil)
    }
  }

  /// Before anything is quantized.
  private func checkThatNothingIsReplaced(by model: GPT2Model) throws {
    switch chosenFormat {
    case .safetensors:
      let names = try model.filesInTheWay(in: output)
      guard let last = names.last else { return }
      let others = names.dropLast().joined(separator: ", ")
      throw Diagnostic(
        .cannotWrite,
        "the folder '\(output)' has " + (others.isEmpty ? last : "\(others) and \(last)")
          + " already",
        at: nil,
        help:
          "--force replaces \(names.count == 1 ? "it" : "them"), or removes what is no part of the new model, and leaves what else is in the folder; or "
          + "give another folder with -o")
    case .gguf:
      guard DirectoryListing.exists(output) else { return }
      throw Diagnostic(
        .cannotWrite, "there is a file '\(output)' already", at: nil,
        help: "--force replaces it; or give another name with -o")
    }
  }
}
