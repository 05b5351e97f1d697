import Foundation
import GPT2
import ModelFiles
import Quantization
import SafeFiles
import Testing
import Tokenization

/// Models in other formats than plain safetensors: their logits are those that transformers gives.
@Suite struct FormatTests {
  private static let data = Fixture.folder.deletingLastPathComponent().path

  /// Of all positions, every seventh logit where the fixture has no more.
  private func logits(_ model: GPT2Model, _ tokens: [Int32], every step: Int = 1) throws -> [Float]
  {
    let session = try GPT2Session(model)
    try session.read(tokens)
    let vocabulary = model.config.vocabularySize
    let all = Array(try session.logits(rows: 0..<session.rows))
    return all.indices.filter { $0 % vocabulary % step == 0 }.map { all[$0] }
  }

  @Test(arguments: ["mixed", "untied"])
  func gguf(_ name: String) throws {
    let expected = try Safetensors(path: Self.data + "/gguf/\(name).expected.safetensors")
    let model = try GPT2Model.load(path: Self.data + "/gguf/\(name).gguf")
    #expect(model.name == "\(name).gguf")
    #expect(model.config.tiesHead == (name == "mixed"))
    let got = try logits(model, expected.tokens("input_ids"), every: 7)
    #expect(largestDifference(got, expected.floats("logits")) <= 2e-4)
    // Quantized from the file's blocks, it is as if from their Float32.
    let plain = FileManager.default.temporaryDirectory.appending(path: "quantbook-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: plain) }
    try model.write(directory: plain, as: GPT2Model.DirectoryExport())
    let copy = try GPT2Model.load(path: plain)
    let tokens = expected.tokens("input_ids")
    #expect(
      try logits(model.quantized(by: NF4Scheme()).model, tokens)
        == logits(copy.quantized(by: NF4Scheme()).model, tokens))
    let half = try GPT2Model.load(path: Self.data + "/gguf/\(name).gguf", as: .float16)
    #expect(half.reportedBytes == model.reportedBytes / 2)
  }

  @Test func theTokenizerOfAGGUFFileIsThatOfItsDirectory() throws {
    let path = Self.data + "/gguf/mixed.gguf"
    let tokenizer = try #require(try GPT2Model.load(path: path).tokenizer())
    let json = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(filePath: Self.data + "/tokenizer/nasty.json")))
    let strings = try #require(json as? [[String: Any]])
    #expect(strings.count > 200)
    for entry in strings {
      let text = try #require(entry["text"] as? String)
      #expect(try tokenizer.encode(text).map(Int.init) == entry["ids"] as? [Int], "\(text)")
    }
    #expect(tokenizer.endOfText == 2000)
    #expect(try GPT2Model.checkHeaders(path: path).hasTokenizer)
    let untied = try GPT2Model.load(path: Self.data + "/gguf/untied.gguf")
    #expect(try untied.tokenizer() == nil)
  }

  @Test(arguments: ["float32", "bfloat16", "version-1"])
  func llmc(_ name: String) throws {
    let expected = try Safetensors(path: Self.data + "/llmc/expected.safetensors")
    let model = try GPT2Model.load(path: Self.data + "/llmc/\(name).bin")
    #expect(model.config.vocabularySize == 97)
    let got = try logits(model, expected.tokens("input_ids"))
    #expect(largestDifference(got, expected.floats("\(name).logits")) <= 2e-4)
    #expect(try GPT2Model.checkHeaders(path: Self.data + "/llmc/\(name).bin").hasTokenizer == false)
  }

  @Test(arguments: [("nf4", "nf4"), ("nf4_double", "nf4"), ("fp4", "fp4"), ("int8", "llmInt8")])
  func bitsandbytes(_ name: String, _ format: String) throws {
    let expected = try Safetensors(path: Self.data + "/quantized/\(name).expected.safetensors")
    let model = try GPT2Model.load(path: Self.data + "/quantized/\(name)")
    #expect(model["h.0.mlp.c_fc.weight"]?.format == format)
    #expect(model["wte.weight"]?.format == "float32")
    let got = try logits(model, expected.tokens("input_ids"))
    // LLM.int8 rounds activations: a last bit may change a code.
    let bound: Float = name == "int8" ? 2e-2 : 2e-4
    #expect(largestDifference(got, expected.floats("logits")) <= bound)
    // The same bits as those that we make of the model it was made from.
    var scheme: any QuantizationScheme = LLMInt8Scheme()
    if format == "fp4" { scheme = FP4Scheme() }
    if format == "nf4" {
      var nf4 = NF4Scheme()
      nf4.doubleQuantized = name == "nf4_double"
      scheme = nf4
    }
    scheme.remainder = .float32
    let source = try GPT2Model.load(path: Self.data + "/quantized/source")
    let ours = try source.quantized(by: scheme).model
    #expect(ours.packedBytes == model.packedBytes)
    for tensor in model.tensorNames where tensor.hasSuffix(".weight") {
      guard case .matrix(let a, _)? = model[tensor], case .matrix(let b, _)? = ours[tensor] else {
        continue
      }
      // bitsandbytes' own mean of absmax may differ in its last bit.
      let isExact = name != "nf4_double"
      #expect(largestDifference(a.decoded(), b.decoded()) <= (isExact ? 0 : 1e-6), "\(tensor)")
    }
  }

  @Test func whatWasLoadedQuantizedIsDecodedToBeQuantizedAgain() throws {
    let model = try GPT2Model.load(path: Self.data + "/quantized/nf4")
    let again = try model.quantized(by: NF4Scheme()).model
    let name = "h.0.attn.c_attn.weight"
    guard case .matrix(let a, _)? = model[name], case .matrix(let b, _)? = again[name] else {
      Issue.record("no matrix")
      return
    }
    #expect(a.decoded() == b.decoded(), "the largest of each block is a level")
    let left = try model.quantized(by: Int8Scheme(), only: ["wte.weight"]).model
    #expect(left[name]?.format == "nf4")
    #expect(left["wte.weight"]?.format == "int8")
  }
}

/// Files that say something else than they hold.
@Suite struct BadFormatTests {
  private static let data = Fixture.folder.deletingLastPathComponent()
  private let folder = FileManager.default.temporaryDirectory.appending(path: "quantbook-\(UUID())")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func copy(_ path: String) throws -> URL {
    let url = folder.appending(path: path.split(separator: "/").last.map(String.init) ?? "")
    try? FileManager.default.removeItem(at: url)
    try FileManager.default.copyItem(at: Self.data.appending(path: path), to: url)
    return url
  }

  private func message(_ path: String) throws -> String {
    try #require(throws: GPT2Error.self) { try GPT2Model.checkHeaders(path: path) }.description
  }

  /// Replaces a text by one of the same length.
  private func replace(_ text: String, with other: String, in url: URL) throws {
    var data = try Data(contentsOf: url)
    let range = try #require(data.range(of: Data(text.utf8)))
    data.replaceSubrange(range, with: Data(other.utf8))
    try data.write(to: url)
  }

  @Test(
    arguments: [
      ("gpt2.context_length", "gpt2.context_lengtH", "gpt2.context_length is missing"),
      ("blk.0.attn_qkv.bias", "blk.0.attn_qkv.bia5", "'blk.0.attn_qkv.bias' of shape"),
      ("general.architecture", "general.architectura", "general.architecture is missing"),
      ("\u{4}\0\0\0\0\0\0\0gpt2", "\u{4}\0\0\0\0\0\0\0gpt3", "is 'gpt3'"),
    ])
  func ggufOfAnotherKind(_ text: String, _ other: String, _ expected: String) throws {
    let url = try copy("gguf/untied.gguf")
    try replace(text, with: other, in: url)
    #expect(try message(url.path).contains(expected))
    try FileManager.default.removeItem(at: folder)
  }

  @Test func llmcHeadersThatDoNotFit() throws {
    func message(_ index: Int, _ number: Int32) throws -> String {
      let url = try copy("llmc/float32.bin")
      var data = try Data(contentsOf: url)
      withUnsafeBytes(of: number.littleEndian) {
        data.replaceSubrange(4 * index..<4 * index + 4, with: $0)
      }
      try data.write(to: url)
      return try self.message(url.path)
    }
    #expect(try message(0, 7).contains("no GGUF file and no checkpoint"))
    #expect(try message(1, 2).contains("version is 2"))
    #expect(try message(2, -1).contains("max_seq_len"))
    #expect(try message(3, 129).contains("padded_vocab_size"))
    #expect(try message(5, 3).contains("no multiple of num_heads"))
    #expect(try message(6, 22).contains("describes"))
    let url = try copy("llmc/float32.bin")
    try Data(contentsOf: url).dropLast().write(to: url)
    #expect(try self.message(url.path).contains("describes"))
    try FileManager.default.removeItem(at: folder)
  }

  @Test(
    arguments: [
      ("\"blocksize\": 64", "\"blocksize\": 65", "blocksize must be one of"),
      ("\"shape\": [192, 64]", "\"shape\": [64, 192]", "shape must be [192, 64]"),
      ("\"quant_type\": \"nf4\"", "\"quant_type\": \"fp4\"", "quant_type must be 'nf4'"),
      ("\"blocksize\": 64", "\"blocksize\": 32", "absmax' holds"),
      ("c_attn.weight.absmax", "c_attn.weight.absmux", "absmax' is missing"),
    ])
  func quantStatesThatDoNotFit(_ text: String, _ other: String, _ expected: String) throws {
    let model = try copy("quantized/nf4")
    try replace(text, with: other, in: model.appending(path: "model.safetensors"))
    #expect(try message(model.path).contains(expected))
    try FileManager.default.removeItem(at: folder)
  }

  @Test func aQuantizationByAnotherProgramIsNamed() throws {
    let model = try copy("quantized/nf4")
    let config = model.appending(path: "config.json")
    try replace("\"bitsandbytes\"", with: "\"gptq\"", in: config)
    #expect(try message(model.path).contains("quant_method is 'gptq'"))
    try FileManager.default.removeItem(at: folder)
  }

  @Test func aPickleIsRefusedWithAWayOut() throws {
    let model = try copy("gpt2/tied")
    try FileManager.default.moveItem(
      at: model.appending(path: "model.safetensors"),
      to: model.appending(path: "pytorch_model.bin"))
    let error = try #require(throws: GPT2Error.self) {
      try GPT2Model.checkHeaders(path: model.path)
    }
    #expect(error.description.contains("pytorch_model.bin holds weights as a pickle"))
    #expect(try #require(error.help).contains("save_pretrained"))
    #expect(
      try message(model.path + "/pytorch_model.bin").contains("pickles are programs"))
    #expect(try message(model.path + "/nothing").contains("no such file"))
    try FileManager.default.removeItem(at: folder)
  }
}
