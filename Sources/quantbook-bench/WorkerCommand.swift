import ArgumentParser
import Foundation
import GPT2
import Kernels
import Quantization

/// Answers requests on standard input, one JSON object a line, beside workers of other engines.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Answers prefill, perplexity, decode, share, memory and quit on standard input.",
    discussion: """
      One JSON object a line: {"op": "prefill", "tokens": 128, "logits": "last", "seconds": 0.4, \
      "least": 1}, {"op": "perplexity", "tokens": 1024, "scored": 512, "seconds": 0.4, "least": 1} \
      and {"op": "decode", "context": 128, "tokens": 32} give {"ms": [...]}. {"op": "share"} with the \
      keys of decode also gives the rates of reading memory between pieces of 8 tokens, {"reads": \
      [...]}, and the bytes that a token reads, keys and values among them.
      """)

  @Option(help: "float32, int8, llmInt8, fp4 or nf4.")
  var format = "float32"
  @Option(help: "int8, fp4, nf4: float32 products, or int8.")
  var compute = "float32"
  @Flag(help: "Quantizes the output head to INT8 too.")
  var int8Head = false
  @Option(help: ArgumentHelp("Quantizes only these tensors; repeatable.", valueName: "pattern"))
  var only: [String] = []
  @Option(help: "float32, float16 or bfloat16: the tensors that are not quantized.")
  var rest: String?
  @Option(help: "A directory in Hugging Face's layout, or random:SIZE.")
  var model = "random:gpt2"
  @OptionGroup var settings: KernelSettings

  private struct Request: Decodable {
    var op: String
    var tokens: Int?
    var scored: Int?
    var logits: String?
    var seconds: Double?
    var least: Int?
    var context: Int?
  }

  private struct Answer: Encodable {
    var ready: Bool?
    var about: [String: String]?
    var ms: [Double]?
    var reads: [Double]?
    var bytes: Int?
    var skip: String?
    var run_peak_mib: Double?
    var rss_mib: Double?
    var load_peak_mib: Double?
    var stream_bytes: Int?
  }

  func run() throws {
    try settings.apply()
    let start = DispatchTime.now().uptimeNanoseconds
    let model = try quantized(.named(model))
    let loadPeak = MemoryStatus.mebibytes("VmHWM")
    MemoryStatus.resetPeak()
    let session = try GPT2Session(model)
    let time = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6
    try say(
      Answer(
        ready: true,
        about: ["load_ms": String(Int(time)), "kernels": KernelPath.active.rawValue]))
    while let line = readLine() {
      let request = try JSONDecoder().decode(Request.self, from: Data(line.utf8))
      switch request.op {
      case "prefill": try say(prefill(session, request))
      case "perplexity": try say(perplexity(session, request))
      case "decode": try say(decode(session, request))
      case "share": try say(share(session, request))
      case "memory":
        try say(
          Answer(
            run_peak_mib: MemoryStatus.mebibytes("VmHWM"),
            rss_mib: MemoryStatus.mebibytes("VmRSS"), load_peak_mib: loadPeak,
            stream_bytes: model.bytesOfOneToken))
      case "quit": return
      default: try say(Answer(skip: request.op))
      }
    }
  }

  private func quantized(_ model: GPT2Model) throws -> GPT2Model {
    guard let compute = ProductArithmetic(rawValue: compute) else {
      throw ValidationError("--compute is float32 or int8, not '\(compute)'")
    }
    guard format != ModelFormat.float32 else { return model }
    guard var scheme = ModelFormat.scheme(format, compute: compute) else {
      throw ValidationError("--format is float32, int8, llmInt8, fp4 or nf4")
    }
    if let rest {
      guard let remainder = FloatFormat(rawValue: rest) else {
        throw ValidationError("--rest is float32, float16 or bfloat16, not '\(rest)'")
      }
      scheme.remainder = remainder
    }
    let head = int8Head ? ModelFormat.scheme(Int8Scheme.name, compute: compute) : nil
    return try model.quantized(
      by: scheme, only: only.isEmpty ? nil : only.map { TensorPattern($0) }, head: head
    ).model
  }

  private func tokens(_ count: Int, of model: GPT2Model) -> [Int32] {
    (0..<count).map { Int32($0 * 97 % model.config.vocabularySize) }
  }

  private func prefill(_ session: GPT2Session, _ request: Request) throws -> Answer {
    let count = request.tokens ?? 0
    guard count > 0, count <= session.capacity else { return Answer(skip: "tokens") }
    let prompt = tokens(count, of: session.model)
    let first = request.logits == "all" ? 0 : count - 1
    return try repeated(request) {
      session.reset()
      try session.read(prompt)
      _ = try session.logits(rows: first..<count)
    }
  }

  /// One window: all tokens are read, the last ones scored, each of them from those before it.
  private func perplexity(_ session: GPT2Session, _ request: Request) throws -> Answer {
    let (count, scored) = (request.tokens ?? 0, request.scored ?? 0)
    guard scored > 0, scored < count, count <= session.capacity else {
      return Answer(skip: "tokens")
    }
    let window = tokens(count, of: session.model)
    return try repeated(request) {
      session.reset()
      try session.read(window)
      _ = try session.negativeLogLikelihoods(
        rows: count - scored - 1..<count - 1, targets: Array(window.suffix(scored)))
    }
  }

  /// Milliseconds of `once`, after one call that is not counted.
  private func repeated(_ request: Request, _ once: () throws -> Void) throws -> Answer {
    try once()
    var times: [Double] = []
    var total = 0.0
    while times.count < request.least ?? 1 || total < (request.seconds ?? 0) * 1000 {
      times.append(try seconds(once) * 1000)
      total += times.last ?? 0
    }
    return Answer(ms: times)
  }

  private func decode(_ session: GPT2Session, _ request: Request) throws -> Answer {
    guard let count = try readContext(session, request, more: 2) else {
      return Answer(skip: "context")
    }
    let times = try (0..<count + 2).map { _ in try millisecondsOfToken(session) }
    return Answer(ms: Array(times.dropFirst(2)))
  }

  /// Times of 8 tokens each, and the rates of reading memory before, between and after them: what
  /// else the machine does falls on both alike. Bytes are those of the middle token.
  private func share(_ session: GPT2Session, _ request: Request) throws -> Answer {
    let piece = 8
    guard let count = try readContext(session, request, more: 0) else {
      return Answer(skip: "context")
    }
    let probe = try ReadProbe()
    var reads = [probe.gigabytes()]
    var times: [Double] = []
    for _ in 0..<count / piece {
      let total = try (0..<piece).reduce(0.0) { sum, _ in try sum + millisecondsOfToken(session) }
      times.append(total / Double(piece))
      reads.append(probe.gigabytes())
    }
    let config = session.model.config
    let keysAndValues = 2 * config.layerCount * config.width * (session.position - count / 2) * 4
    return Answer(ms: times, reads: reads, bytes: session.model.bytesOfOneToken + keysAndValues)
  }

  /// Reads the context, and gives how many tokens are to follow; nil if there is no room for them and
  /// `more`.
  private func readContext(_ session: GPT2Session, _ request: Request, more: Int) throws -> Int? {
    let (context, count) = (request.context ?? 0, request.tokens ?? 1)
    guard context > 0, (1...session.capacity).contains(count),
      context + count + more <= session.capacity
    else { return nil }
    session.reset()
    try session.read(tokens(context, of: session.model))
    return count
  }

  private func millisecondsOfToken(_ session: GPT2Session) throws -> Double {
    try seconds {
      try session.read([11])
      _ = try session.logits(rows: 0..<1)
    } * 1000
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
