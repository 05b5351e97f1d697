import ArgumentParser
import Foundation
import Tokenization

/// Prints how fast a text is cut into tokens on one thread, beside Hugging Face's tokenizers.
struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Measures tokenizing, ours and Hugging Face's in turn, on one thread.",
    discussion: """
      The text is encoded in one call and line by line. The ratio is that of the peer's best way to \
      ours, each by its median time. Both must find the same tokens.
      """)

  @Option(help: "A folder with vocab.json and merges.txt, or with encoder.json and vocab.bpe.")
  var tokenizer: String
  @Option(help: "A UTF-8 text.")
  var text: String
  @Option(help: "A Python with tokenizers, to measure them in the same rounds.")
  var python: String?
  @Option(help: "Timed rounds.")
  var rounds = 7
  @Flag(help: "Prints JSON instead of Markdown.")
  var json = false

  struct Report: Encodable {
    let bytes: Int
    let tokens: Int
    let ways: [Way]
    /// The peer's best time over ours for the whole text, and over ours line by line.
    let ratioWhole: Double?
    let ratioLines: Double?
  }

  struct Way: Encodable {
    let name: String
    let milliseconds: Double
    let megabytesPerSecond: Double
  }

  func validate() throws {
    guard rounds > 0 else { throw ValidationError("--rounds must be at least 1") }
  }

  func run() throws {
    let (vocabulary, merges) = files
    let tokenizer = try Tokenizer(vocabulary: vocabulary, merges: merges)
    let contents = try Data(contentsOf: URL(filePath: text))
    let whole = String(decoding: contents, as: UTF8.self)
    let lines = whole.split(separator: "\n", omittingEmptySubsequences: false).map { "\($0)\n" }
    let tokens = try tokenizer.encode(whole)
    let peer = try python.map {
      try PeerWorker(python: $0, script: "encode_text.py", arguments: [vocabulary, merges, text])
    }
    if let peer, try peer.answer("check") != "\(tokens.count) \(tokens.reduce(0) { $0 + Int($1) })"
    {
      throw ValidationError("the peer finds other tokens than we do")
    }
    let peerWays = peer == nil ? [] : ["whole", "lines", "lines-fast"]
    var ours = (whole: [Double](), lines: [Double]())
    var theirs = [[Double]](repeating: [], count: peerWays.count)
    for round in 0...rounds {
      let wholeTime = try seconds { _ = try tokenizer.encode(whole) }
      let linesTime = try seconds { for line in lines { _ = try tokenizer.encode(line) } }
      let peerTimes = try peerWays.map { try peer?.seconds($0) ?? 0 }
      guard round > 0 else { continue }
      ours.whole.append(wholeTime)
      ours.lines.append(linesTime)
      for (way, time) in peerTimes.enumerated() { theirs[way].append(time) }
    }
    func way(_ name: String, _ times: [Double]) -> Way {
      let time = median(times)
      return Way(
        name: name, milliseconds: time * 1000,
        megabytesPerSecond: Double(contents.count) / time / 1e6)
    }
    let best = theirs.map(median).min()
    let report = Report(
      bytes: contents.count, tokens: tokens.count,
      ways: [way("ours, whole", ours.whole), way("ours, lines", ours.lines)]
        + zip(peerWays, theirs).map { way("tokenizers, \($0)", $1) },
      ratioWhole: best.map { $0 / median(ours.whole) },
      ratioLines: best.map { $0 / median(ours.lines) })
    print(json ? try jsonText(report) : markdown(report))
  }

  private var files: (vocabulary: String, merges: String) {
    let folder = URL(filePath: tokenizer)
    let openAI = folder.appending(path: "encoder.json").path
    return FileManager.default.fileExists(atPath: openAI)
      ? (openAI, folder.appending(path: "vocab.bpe").path)
      : (folder.appending(path: "vocab.json").path, folder.appending(path: "merges.txt").path)
  }

  private func markdown(_ report: Report) -> String {
    var lines = [
      "\(report.bytes) bytes, \(report.tokens) tokens, one thread.", "",
      "| way | ms | MB/s |", "|---|---:|---:|",
    ]
    lines += report.ways.map {
      "| \($0.name) | \(threeDigits($0.milliseconds)) | "
        + "\(threeDigits($0.megabytesPerSecond)) |"
    }
    if let whole = report.ratioWhole, let byLines = report.ratioLines {
      lines += [
        "",
        "The peer's best over ours: \(threeDigits(whole)) whole, "
          + "\(threeDigits(byLines)) by lines.",
      ]
    }
    return lines.joined(separator: "\n")
  }
}
