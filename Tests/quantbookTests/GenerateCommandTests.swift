import Foundation
import Testing

@testable import quantbook

@Suite struct GenerateCommandTests {
  private static let prompt = "The weather in the mountains"

  @Test("the prompt and its continuation come out as text, the speed beside it")
  func text() throws {
    let run = try CommandRun.quantbook("generate", "starter", Self.prompt, "-n", "8")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.hasPrefix(Self.prompt))
    #expect(run.output.hasSuffix("\n"))
    #expect(run.output.count > Self.prompt.count + 8)
    #expect(run.errors.hasPrefix("8 tokens, "))
    let piped = try CommandRun.quantbook(
      "generate", "starter", "-", "-n", "8", "--no-echo", "-q", input: Self.prompt)
    #expect(Self.prompt + piped.output == run.output)
    #expect(piped.errors.isEmpty)
  }

  @Test("what is drawn hangs on the seed alone")
  func seeds() throws {
    func drawn(_ seed: String) throws -> String {
      try CommandRun.quantbook(
        "generate", "starter", Self.prompt, "-n", "8", "-q", "--temperature", "1.5", "--seed", seed
      ).output
    }
    #expect(try drawn("1") == drawn("1"))
    #expect(try drawn("1") != drawn("2"))
  }

  @Test("a quantized model writes too")
  func quantized() throws {
    let run = try CommandRun.quantbook(
      "generate", "starter", Self.prompt, "-n", "4", "--scheme", "nf4", "--block-size", "32")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.hasPrefix(Self.prompt))
  }

  @Test(
    "what cannot be is said, and nothing is written",
    arguments: [
      (["starter", "a", "-n", "4000"], "do not fit in the context of 1024", 1),
      (["starter", "a", "-n", "4000"], "give --tokens 1023, or less", 1),
      (["starter", ""], "the prompt is empty", 1),
      (["startr", "a"], "no model is called 'startr'", 5),
      (["starter", "a", "--top-k", "3"], "--top-k, --top-p and --seed need --temperature", 64),
      (["starter", "a", "--seed", "3"], "--top-k, --top-p and --seed need --temperature", 64),
      (["starter", "a", "--temperature=-1"], "--temperature is a number from 0 on", 64),
      (["starter", "a", "--temperature", "-0.5"], "--temperature is a number from 0 on", 64),
      (["starter", "a", "-n", "-3"], "--tokens is at least 1", 64),
      (["starter", "a", "--threads", "-2"], "--threads is a number from 1 to 256", 64),
      (["starter", "a", "--seed", "-1"], "a whole number from 0 on", 64),
      (
        ["starter", String(repeating: "the sea ", count: 600), "-n", "1"],
        "the context of 'starter' is 1024: nothing can follow it", 1
      ),
      (["random:distilgpt2", "a"], "has no tokenizer, so that it can read no prompt", 1),
    ] as [([String], String, Int32)])
  func mistakes(_ arguments: [String], _ message: String, _ status: Int32) throws {
    let run = try CommandRun.run(CommandRun.executable, ["generate"] + arguments)
    #expect(run.errors.contains(message))
    #expect(run.status == status)
    #expect(run.output.isEmpty)
  }

  @Test("logits that are no numbers are a failure, also where nothing else is told")
  func notFinite() throws {
    let folder = try TemporaryFolder()
    let data = URL(filePath: #filePath).appending(path: "../../Fixtures/data").standardized
    for name in ["perplexity/model/config.json", "tokenizer/vocab.json", "tokenizer/merges.txt"] {
      let file = data.appending(path: name)
      try FileManager.default.copyItem(at: file, to: folder.url(file.lastPathComponent))
    }
    var weights = try Data(contentsOf: data.appending(path: "perplexity/model/model.safetensors"))
    let length = weights.prefix(8).enumerated().reduce(0) {
      $0 | Int($1.element) << (8 * $1.offset)
    }
    let header = try #require(
      JSONSerialization.jsonObject(with: weights[8..<8 + length]) as? [String: Any])
    let name = try #require(header.keys.first { $0.hasSuffix("ln_f.bias") })
    let offsets = try #require((header[name] as? [String: Any])?["data_offsets"] as? [Int])
    for index in offsets[0]..<offsets[1] { weights[8 + length + index] = 0xFF }
    try weights.write(to: folder.url("model.safetensors"))
    let run = try CommandRun.quantbook("generate", folder.url.path, "the", "-n", "3", "-q")
    #expect(run.status == 1)
    #expect(run.errors.hasPrefix("warning: logits are not finite"), "\(run.errors)")
  }

  @Test("a negative number belongs to the option before it")
  func negativeNumbers() {
    func joined(_ arguments: String...) -> [String] { NegativeNumbers.joined(to: arguments) }
    #expect(joined("generate", "--seed", "-1", "-n", "-2") == ["generate", "--seed=-1", "-n=-2"])
    #expect(joined("a", "-1", "-q", "--x=1", "-.5") == ["a", "-1", "-q", "--x=1", "-.5"])
    #expect(joined("--", "--seed", "-1") == ["--", "--seed", "-1"])
    #expect(joined("-", "-1", "--seed", "-n") == ["-", "-1", "--seed", "-n"])
  }

  @Test("characters come when they are whole, whatever the pieces")
  func stream() {
    let text = "naïve – 🤗 end"
    for size in 1...5 {
      var stream = TextStream()
      let bytes = Array(text.utf8)
      var pieces: [String] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        pieces.append(stream.add(bytes[start..<min(start + size, bytes.count)]))
      }
      #expect(pieces.joined() + stream.rest == text)
      #expect(!pieces.contains { $0.contains("\u{FFFD}") })
    }
    var broken = TextStream()
    #expect(broken.add([0x61, 0xF0, 0x9F]) == "a")
    #expect(broken.rest == "\u{FFFD}")
    #expect(broken.add([0x41]) == "\u{FFFD}A")
  }
}
