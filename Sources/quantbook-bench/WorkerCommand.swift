import ArgumentParser
import Foundation
import GPT2
import Kernels
import Quantization

/// Answers requests on standard input, one JSON object a line, beside workers of other engines.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Answers prefill, decode, memory and quit on standard input.",
    discussion: """
      One JSON object a line: {"op": "prefill", "tokens": 128, "logits": "last", "seconds": 0.4, \
      "least": 1} and {"op": "decode", "context": 128, "tokens": 32} give {"ms": [...]}.
      """)

  @Option(help: "float32, int8, llmInt8, fp4 or nf4.")
  var format = "float32"
  @Option(help: "int8, fp4, nf4: float32 products, or int8.")
  var compute = "float32"
  @Flag(help: "Quantizes the output head to INT8 too.")
  var int8Head = false
  @Option(help: "A directory in Hugging Face's layout, or random:SIZE.")
  var model = "random:gpt2"
  @Option(help: "Instruction set: baseline, avx2, avx512; QB_PEERS_ISA=avx2 has the same effect.")
  var kernels: String?

  private struct Request: Decodable {
    var op: String
    var tokens: Int?
    var logits: String?
    var seconds: Double?
    var least: Int?
    var context: Int?
  }

  private struct Answer: Encodable {
    var ready: Bool?
    var about: [String: String]?
    var ms: [Double]?
    var skip: String?
    var run_peak_mib: Double?
    var rss_mib: Double?
    var load_peak_mib: Double?
    var stream_bytes: Int?
  }

  func run() throws {
    if let name = kernels ?? ProcessInfo.processInfo.environment["QB_PEERS_ISA"] {
      try KernelPath.select(named: name)
    }
    let start = DispatchTime.now().uptimeNanoseconds
    let model = try quantized(load())
    let loadPeak = MemoryStatus.mebibytes("VmHWM")
    MemoryStatus.resetPeak()
    let session = GPT2Session(model)
    let time = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6
    try say(
      Answer(
        ready: true,
        about: ["load_ms": String(Int(time)), "kernels": KernelPath.active.rawValue]))
    while let line = readLine() {
      let request = try JSONDecoder().decode(Request.self, from: Data(line.utf8))
      switch request.op {
      case "prefill": try say(prefill(session, request))
      case "decode": try say(decode(session, request))
      case "memory":
        try say(
          Answer(
            run_peak_mib: MemoryStatus.mebibytes("VmHWM"),
            rss_mib: MemoryStatus.mebibytes("VmRSS"), load_peak_mib: loadPeak,
            stream_bytes: streamBytes(model)))
      case "quit": return
      default: try say(Answer(skip: request.op))
      }
    }
  }

  private func load() throws -> GPT2Model {
    let prefix = "random:"
    guard model.hasPrefix(prefix) else { return try GPT2Model.load(directory: model) }
    return try GPT2Model.random(named: String(model.dropFirst(prefix.count)))
  }

  private func quantized(_ model: GPT2Model) throws -> GPT2Model {
    guard let compute = ProductArithmetic(rawValue: compute) else {
      throw ValidationError("--compute is float32 or int8, not '\(compute)'")
    }
    var head = Int8Scheme()
    head.coding.granularity = .channel
    head.compute = compute
    let scheme: any QuantizationScheme
    switch format {
    case "float32": return model
    case Int8Scheme.name: scheme = head
    case LLMInt8Scheme.name: scheme = LLMInt8Scheme()
    case FP4Scheme.name:
      var fp4 = FP4Scheme()
      fp4.compute = compute
      scheme = fp4
    case NF4Scheme.name:
      var nf4 = NF4Scheme()
      nf4.compute = compute
      scheme = nf4
    default: throw ValidationError("--format is float32, int8, llmInt8, fp4 or nf4")
    }
    return try model.quantized(by: scheme, head: int8Head ? head : nil).model
  }

  private func tokens(_ count: Int, of model: GPT2Model) -> [Int32] {
    (0..<count).map { Int32($0 * 97 % model.config.vocabularySize) }
  }

  private func prefill(_ session: GPT2Session, _ request: Request) throws -> Answer {
    let count = request.tokens ?? 0
    guard count > 0, count <= session.capacity else { return Answer(skip: "tokens") }
    let prompt = tokens(count, of: session.model)
    let first = request.logits == "all" ? 0 : count - 1
    func once() throws -> Double {
      session.reset()
      return try seconds {
        try session.read(prompt)
        _ = session.logits(rows: first..<count)
      } * 1000
    }
    _ = try once()
    var times: [Double] = []
    var total = 0.0
    while times.count < request.least ?? 1 || total < (request.seconds ?? 0) * 1000 {
      times.append(try once())
      total += times.last ?? 0
    }
    return Answer(ms: times)
  }

  private func decode(_ session: GPT2Session, _ request: Request) throws -> Answer {
    let context = request.context ?? 0
    let count = (request.tokens ?? 1) + 2
    guard context > 0, context + count <= session.capacity else { return Answer(skip: "context") }
    session.reset()
    try session.read(tokens(context, of: session.model))
    let token: [Int32] = [11]
    let times = try (0..<count).map { _ in
      try seconds {
        try session.read(token)
        _ = session.logits(rows: 0..<1)
      } * 1000
    }
    return Answer(ms: Array(times.dropFirst(2)))
  }

  /// Bytes of weights that one decoded token reads.
  private func streamBytes(_ model: GPT2Model) -> Int {
    let matrices = model.tensorNames.filter { name in
      guard name != "wpe.weight", model.config.tiesHead || name != "wte.weight" else {
        return false
      }
      if case .matrix = model[name] { return true }
      return false
    }
    return matrices.reduce(0) { $0 + (model[$1]?.storage.packedBytes ?? 0) }
  }

  private func say(_ answer: Answer) throws {
    print(String(decoding: try JSONEncoder().encode(answer), as: UTF8.self))
    fflush(nil)
  }
}

/// This process's memory as Linux accounts for it; nil elsewhere.
private enum MemoryStatus {
  static func mebibytes(_ field: String) -> Double? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else {
      return nil
    }
    let line = status.split(separator: "\n").first { $0.hasPrefix(field + ":") }
    return line.flatMap { Double($0.filter(\.isNumber)) }.map { $0 / 1024 }
  }

  static func resetPeak() {
    try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
  }
}
