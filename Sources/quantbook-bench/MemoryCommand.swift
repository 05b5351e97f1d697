import ArgumentParser
import Foundation
import GPT2
import Kernels
import ModelFiles
import Quantization

/// Prints the most memory that quantizing and computing take, beside what they need.
struct MemoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory",
    abstract: "Measures peak memory by format: quantizing, and reading 512 tokens and one more.",
    discussion: """
      Anonymous memory is counted: a mapped file belongs to the system's cache. The excess is what \
      the process takes beyond packed weights and activations, its code and libraries included. \
      Each format has a process of its own.
      """)

  @Option(help: "A folder in Hugging Face's layout; GPT-2 small with random weights unless given.")
  var model: String?
  @Flag(help: "Prints JSON instead of Markdown.")
  var json = false

  func run() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "quantbook-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    if model == nil { try RandomModelFiles.write(to: folder) }
    let formats = ["float32"] + AllSchemes.all.map { $0.name }
    let results = try formats.map { format in
      let text = try outputOfThisProgram([
        FormatMemoryCommand.configuration.commandName ?? "", "--format", format, "--model",
        model ?? folder.path,
      ])
      return try JSONDecoder().decode(FormatMemory.self, from: Data(text.utf8))
    }
    print(json ? try jsonText(results) : markdown(results))
  }

  private func markdown(_ results: [FormatMemory]) -> String {
    func mebibytes(_ bytes: Int) -> String { threeDigits(Double(bytes) / Double(1 << 20)) }
    let lines = results.map {
      "| \($0.format) | \(mebibytes($0.packed)) | \(mebibytes($0.activations)) | "
        + "\(mebibytes($0.quantizingPeak)) | \(mebibytes($0.quantizingPeak - $0.packed)) | "
        + "\(mebibytes($0.computingPeak)) | "
        + "\(mebibytes($0.computingPeak - $0.packed - $0.activations)) |"
    }
    return
      ([
        "MiB of anonymous memory; packed are the weights that are not mapped.", "",
        "| format | packed | activations | quantizing | excess | computing | excess |",
        "|---|---:|---:|---:|---:|---:|---:|",
      ] + lines).joined(separator: "\n")
  }
}

/// Bytes of one format.
struct FormatMemory: Codable {
  let format: String
  /// Weights in memory of the process's own.
  let packed: Int
  /// Keys and values of the positions read, and the buffers of a session.
  let activations: Int
  let quantizingPeak: Int
  let computingPeak: Int
}

/// What `memory` starts: one format, measured.
struct FormatMemoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "format-memory", abstract: "What memory starts.", shouldDisplay: false)

  @Option var format: String
  @Option var model: String

  private static let promptLength = 512

  func run() throws {
    var base: GPT2Model? = try GPT2Model.load(path: model)
    var quantized = base
    let quantizingPeak = try AnonymousMemory.peak {
      if let scheme = AllSchemes.named(format), let base {
        quantized = try base.quantized(by: scheme.init()).model
      }
    }
    base = nil
    guard let quantized else { return }
    let prompt = (0..<Self.promptLength).map {
      Int32($0 * 97 % quantized.config.vocabularySize)
    }
    let computingPeak = try AnonymousMemory.peak {
      let session = try GPT2Session(quantized)
      try session.read(prompt)
      _ = try session.logits(rows: prompt.count - 1..<prompt.count)
      try session.read([prompt[0]])
      _ = try session.logits(rows: 0..<1)
    }
    let result = FormatMemory(
      format: format, packed: ownBytes(of: quantized), activations: activations(quantized.config),
      quantizingPeak: quantizingPeak ?? 0, computingPeak: computingPeak ?? 0)
    print(try jsonText(result))
  }

  /// Float32 matrices of a Float32 file stay in it.
  private func ownBytes(of model: GPT2Model) -> Int {
    model.tensorNames.reduce(0) { sum, name in
      switch model[name] {
      case .matrix(let matrix, _)? where matrix is Float32Matrix: sum
      case let parameter?: sum + parameter.storage.packedBytes
      case nil: sum
      }
    }
  }

  private func activations(_ config: GPT2Config) -> Int {
    let widest = max(3 * config.width, config.innerWidth)
    let cache = 2 * config.layerCount * (Self.promptLength + 1) * config.width
    let buffers = Self.promptLength * (2 * config.width + widest) + config.vocabularySize
    return (cache + buffers) * MemoryLayout<Float>.stride
  }
}

/// GPT-2 small with random weights as files.
private enum RandomModelFiles {
  static func write(to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let model = try GPT2Model.random(named: "gpt2")
    let config = model.config
    let settings: [String: Any] = [
      "model_type": "gpt2", "vocab_size": config.vocabularySize,
      "n_positions": config.contextLength, "n_embd": config.width, "n_layer": config.layerCount,
      "n_head": config.headCount,
    ]
    try JSONSerialization.data(withJSONObject: settings).write(
      to: folder.appending(path: "config.json"))
    var writer = SafetensorsWriter()
    for name in model.tensorNames {
      switch model[name] {
      case .vector(let vector, _)?:
        let values = vector.values
        writer.add(name, shape: [values.count], values)
      case .matrix(let matrix, _)?:
        let values = [Float](unsafeUninitializedCapacity: matrix.rows * matrix.columns) {
          matrix.decode(rows: 0..<matrix.rows, into: $0)
          $1 = matrix.rows * matrix.columns
        }
        // Conv1D has [inputs, outputs]; which random element stands where means nothing.
        let isConv1D = name.hasPrefix("h.")
        let shape = [matrix.rows, matrix.columns]
        writer.add(name, shape: isConv1D ? shape.reversed() : shape, values)
      case nil: continue
      }
    }
    try writer.write(to: folder.appending(path: "model.safetensors").path)
  }
}
