import ArgumentParser
import Foundation
import GPT2
import Kernels
import Quantization

/// Prints the most memory that quantizing, computing and exporting take, beside what they need.
struct MemoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory",
    abstract: "Measures peak memory by format: quantizing, and reading 512 tokens and one more.",
    discussion: """
      Anonymous memory is what only the process can give back; mapped are pages of files, which the \
      system drops where it needs room. The excess is what the process takes beyond weights and \
      activations, its code and libraries included. Each format has a process of its own.
      """)

  @Option(
    help: "A model's path, or random:SIZE; GPT-2 small with random weights, as files, unless given."
  )
  var model: String?
  @Option(help: ArgumentHelp("Only this format, such as nf4; repeatable.", valueName: "name"))
  var format: [String] = []
  @Flag(help: "Measures writing the model in every form instead.")
  var exports = false
  @Flag(help: "Prints JSON instead of Markdown.")
  var json = false

  func run() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "quantbook-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    if model == nil {
      try GPT2Model.random(named: "gpt2").write(
        directory: folder.path, as: GPT2Model.DirectoryExport())
    }
    let model = model ?? folder.path
    if exports {
      let results: [ExportMemory] = try ExportMemoryCommand.Form.allCases
        .map { $0.rawValue }.filter { format.isEmpty || format.contains($0) }
        .map { try measured(ExportMemoryCommand.configuration, $0, model) }
      print(json ? try jsonText(results) : markdown(results))
    } else {
      let results: [FormatMemory] = try (["float32"] + AllSchemes.all.map { $0.name })
        .filter { format.isEmpty || format.contains($0) }
        .map { try measured(FormatMemoryCommand.configuration, $0, model) }
      print(json ? try jsonText(results) : markdown(results))
    }
  }

  private func measured<Result: Decodable>(
    _ command: CommandConfiguration, _ format: String, _ model: String
  ) throws -> Result {
    let text = try outputOfThisProgram([
      command.commandName ?? "", "--format", format, "--model", model,
    ])
    return try JSONDecoder().decode(Result.self, from: Data(text.utf8))
  }

  private func mebibytes(_ bytes: Int) -> String { threeDigits(Double(bytes) / Double(1 << 20)) }

  private func markdown(_ results: [FormatMemory]) -> String {
    let lines = results.map { result in
      let needed = result.packed + result.originals
      return "| "
        + ([result.format]
        + [
          result.packed, result.originals, result.activations, result.quantizingPeak,
          result.quantizingPeak - needed, result.quantizingMapped, result.computingPeak,
          result.computingPeak - needed - result.activations, result.computingMapped,
        ].map(mebibytes)).joined(separator: " | ") + " |"
    }
    return
      ([
        "MiB. Packed are the weights that are neither mapped nor the random originals; excess is of "
          + "anonymous memory.", "",
        "| format | packed | originals | activations | quantizing | excess | mapped | computing "
          + "| excess | mapped |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
      ] + lines).joined(separator: "\n")
  }

  private func markdown(_ results: [ExportMemory]) -> String {
    let lines = results.map { result in
      "| \(result.format) | "
        + [
          result.fileBytes, result.held, result.peak, result.peak - result.held, result.mapped,
        ].map(mebibytes).joined(separator: " | ") + " |"
    }
    return
      ([
        "MiB. Held are the weights in memory of the process's own; excess is of anonymous memory.",
        "",
        "| written as | file | held | anonymous | excess | mapped |",
        "|---|---:|---:|---:|---:|---:|",
      ] + lines).joined(separator: "\n")
  }
}

/// Bytes of one format.
struct FormatMemory: Codable {
  let format: String
  /// Weights in memory of the process's own, but for `originals`.
  let packed: Int
  /// The Float32 weights of a random model, from which it was quantized.
  let originals: Int
  /// Keys and values of the positions read, and the buffers of a session.
  let activations: Int
  /// Anonymous memory at its highest, and mapped pages at theirs.
  let quantizingPeak: Int
  let quantizingMapped: Int
  let computingPeak: Int
  let computingMapped: Int
}

/// What `memory` starts: one format, measured.
struct FormatMemoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "format-memory", abstract: "What memory starts.", shouldDisplay: false)

  @Option var format: String
  @Option var model: String

  private static let promptLength = 512

  func run() throws {
    var base: GPT2Model? = try GPT2Model.named(model)
    var quantized = base
    let quantizing = try ProcessMemory.peak {
      if let scheme = AllSchemes.named(format), let base {
        quantized = try base.quantized(by: scheme.init()).model
      }
    }
    base = nil
    guard let quantized else { return }
    let prompt = (0..<Self.promptLength).map {
      Int32($0 * 97 % quantized.config.vocabularySize)
    }
    let computing = try ProcessMemory.peak {
      let session = try GPT2Session(quantized)
      try session.read(prompt)
      _ = try session.logits(rows: prompt.count - 1..<prompt.count)
      try session.read([prompt[0]])
      _ = try session.logits(rows: 0..<1)
    }
    let result = FormatMemory(
      format: format, packed: quantized.ownBytes, originals: quantized.originalBytes,
      activations: activations(quantized.config), quantizingPeak: quantizing?.anonymous ?? 0,
      quantizingMapped: quantizing?.mapped ?? 0, computingPeak: computing?.anonymous ?? 0,
      computingMapped: computing?.mapped ?? 0)
    print(try jsonText(result))
  }

  private func activations(_ config: GPT2Config) -> Int {
    let widest = max(3 * config.width, config.innerWidth)
    let cache = 2 * config.layerCount * (Self.promptLength + 1) * config.width
    let buffers = Self.promptLength * (2 * config.width + widest) + config.vocabularySize
    return (cache + buffers) * MemoryLayout<Float>.stride
  }
}

extension GPT2Model {
  /// Weights in memory of the process's own, without `originalBytes`: Float32 matrices are borrowed from
  /// where they lie.
  fileprivate var ownBytes: Int {
    tensorNames.reduce(0) { sum, name in
      switch self[name] {
      case .matrix(let matrix, _)? where matrix is Float32Matrix: sum
      case let parameter?: sum + parameter.storage.packedBytes
      case nil: sum
      }
    }
  }

  /// What random weights take.
  fileprivate var originalBytes: Int {
    guard case .random = source else { return 0 }
    return parameterCount * MemoryLayout<Float>.stride
  }
}

/// Bytes of one form of writing.
struct ExportMemory: Codable {
  let format: String
  /// Of what was written.
  let fileBytes: Int
  /// Weights in memory of the process's own.
  let held: Int
  /// Anonymous memory at its highest, and mapped pages at theirs.
  let peak: Int
  let mapped: Int
}

/// What `memory --exports` starts: one form, measured.
struct ExportMemoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export-memory", abstract: "What memory --exports starts.", shouldDisplay: false)

  enum Form: String, CaseIterable, ExpressibleByArgument {
    case float32, float16, nf4, llmInt8
    case ggufF16 = "gguf-f16"
    case ggufQ8 = "gguf-q8_0"
    case ggufQ4 = "gguf-q4_0"

    fileprivate var ggufType: GPT2Model.GGUFExportType? {
      switch self {
      case .ggufF16: .f16
      case .ggufQ8: .q8_0
      case .ggufQ4: .q4_0
      default: nil
      }
    }
  }

  @Option var format: Form
  @Option var model: String

  func run() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "quantbook-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var written: GPT2Model?  // Held beside its original, as the command does.
    let peak = try ProcessMemory.peak {
      let base = try GPT2Model.named(model)
      let model = try AllSchemes.named(format.rawValue).map {
        try base.quantized(by: $0.init()).model
      }
      written = model ?? base
      if let type = format.ggufType {
        try base.write(gguf: folder.path + "/model.gguf", as: type)
      } else {
        var export = GPT2Model.DirectoryExport()
        if format == .float16 { export.floats = .float16 }
        try written?.write(directory: folder.path, as: export)
      }
    }
    guard let written else { return }
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: [.fileSizeKey])
    let size = try files.reduce(0) {
      try $0 + ($1.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0)
    }
    print(
      try jsonText(
        ExportMemory(
          format: format.rawValue, fileBytes: size,
          held: written.originalBytes + written.ownBytes, peak: peak?.anonymous ?? 0,
          mapped: peak?.mapped ?? 0)))
  }
}
