import Foundation
import ModelFiles
import Quantization
import SafeFiles
import Testing
import Tokenization

@testable import GPT2

/// What is written is read back as it was. That the peers read it too, `make parity` shows.
@Suite final class ExportTests {
  private static let data = Fixture.folder.deletingLastPathComponent().path
  private let folder = FileManager.default.temporaryDirectory.appending(path: "quantbook-\(UUID())")
    .path

  init() throws { try AtomicWrite.makeDirectory(folder) }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func source() throws -> GPT2Model {
    try GPT2Model.load(path: Self.data + "/quantized/source")
  }

  private func matrix(_ model: GPT2Model, _ name: String) throws -> any WeightMatrix {
    guard case .matrix(let matrix, _)? = model[name] else {
      throw GPT2Error.missingTensor(name, shape: [], path: "")
    }
    return matrix
  }

  private func expectEqual(
    _ a: GPT2Model, _ b: GPT2Model, within bound: Float = 0, _ comment: Comment? = nil
  ) throws {
    #expect(a.tensorNames == b.tensorNames)
    for name in a.tensorNames {
      switch (a[name], b[name]) {
      case (.matrix(let a, _)?, .matrix(let b, _)?):
        #expect(largestDifference(a.decoded(), b.decoded()) <= bound, comment)
      case (.vector(let a, _)?, .vector(let b, _)?):
        #expect(largestDifference(a.values, b.values) <= bound, comment)
      default: Issue.record("\(name)")
      }
    }
  }

  @Test(arguments: ["nf4", "nf4_double", "fp4", "llmInt8"])
  func bitsandbytesLayersComeBackInTheirBits(_ name: String) throws {
    var scheme: any QuantizationScheme = LLMInt8Scheme()
    if name == "fp4" { scheme = FP4Scheme() }
    if name.hasPrefix("nf4") {
      var nf4 = NF4Scheme()
      nf4.blockSize = 128
      nf4.doubleQuantized = name == "nf4_double"
      scheme = nf4
    }
    scheme.remainder = .float32
    let model = try source().quantized(by: scheme).model
    var export = GPT2Model.DirectoryExport()
    try model.write(directory: folder + "/out", as: export)
    let back = try GPT2Model.load(path: folder + "/out")
    #expect(back["h.0.attn.c_attn.weight"]?.format == type(of: scheme).name)
    try expectEqual(model, back)
    let config = try ModelConfigFile(path: folder + "/out/config.json")
    guard case .object(let quantization)? = config["quantization_config"] else {
      Issue.record("no quantization_config")
      return
    }
    #expect(quantization["load_in_8bit"] == .boolean(name == "llmInt8"))
    #expect(quantization["bnb_4bit_use_double_quant"] == .boolean(name == "nf4_double"))
    #expect(config["initializer_range"] == .number(0.02), "fields that mean nothing to us stay")
    // What was loaded packed is written packed again, or as numbers.
    try back.write(directory: folder + "/again", as: export)
    try expectEqual(model, try GPT2Model.load(path: folder + "/again"))
    export.dequantizes = true
    try back.write(directory: folder + "/plain", as: export)
    let plain = try GPT2Model.load(path: folder + "/plain")
    #expect(plain["h.0.attn.c_attn.weight"]?.format == "float32")
    try expectEqual(model, plain)
    #expect(
      try ModelConfigFile(path: folder + "/plain/config.json")["quantization_config"] == nil)
  }

  @Test func theTensorsHaveBitsandbytesNamesTypesAndShapes() throws {
    let theirs = try Safetensors(path: Self.data + "/quantized/nf4_double/model.safetensors")
    var scheme = NF4Scheme()
    scheme.remainder = .float32
    scheme.doubleQuantized = true
    try source().quantized(by: scheme).model.write(
      directory: folder, as: GPT2Model.DirectoryExport())
    let ours = try Safetensors(path: folder + "/model.safetensors")
    func description(_ file: Safetensors) -> Set<String> {
      Set(
        file.tensors.filter { !$0.name.contains("quant_state") }.map {
          "\($0.name) \($0.type) \($0.shape)"
        })
    }
    #expect(description(ours) == description(theirs))
    #expect(ours.metadata["format"] == "pt")
  }

  @Test(arguments: [FloatFormat.float32, .float16, .bfloat16])
  func plainNumbers(_ format: FloatFormat) throws {
    var export = GPT2Model.DirectoryExport()
    export.floats = format
    let model = try source()
    try model.write(directory: folder, as: export)
    let back = try GPT2Model.load(path: folder)
    try expectEqual(model, back, within: format == .bfloat16 ? 1e-2 : 0)
    let file = try Safetensors(path: folder + "/model.safetensors")
    #expect(file.tensors.allSatisfy { $0.type.byteCount == format.bits / 8 })
  }

  @Test func gguf() throws {
    let model = try source()
    for (type, bound) in [
      (GPT2Model.GGUFExportType.f32, 0), (.f16, 0), (.q8_0, 6e-3), (.q4_0, 0.2),
    ] as [(GPT2Model.GGUFExportType, Float)] {
      let path = "\(folder)/\(type).gguf"
      try model.write(gguf: path, as: type)
      let back = try GPT2Model.load(path: path)
      #expect(back.config == model.config)
      try expectEqual(model, back, within: bound, "\(type)")
    }
    let file = try GGUF(path: folder + "/q4_0.gguf")
    #expect(file["token_embd.weight"]?.type == .q8_0)
    #expect(file["position_embd.weight"]?.type == .f32)
    #expect(file["blk.0.ffn_up.weight"]?.type == .q4_0)
    if case .integer(let type)? = file.settings["general.file_type"] {
      #expect(type == 2)
    } else {
      Issue.record("no type of the file")
    }
    // The blocks are those of the weights, row by row of [out, in].
    let matrix = try matrix(model, "h.0.mlp.c_fc.weight")
    let blocks = try matrix.decoded().withUnsafeBufferPointer {
      try Q4_0Blocks.encode($0, tensor: "")
    }
    let entry = try #require(file["blk.0.ffn_up.weight"])
    #expect(Array(file.bytes(of: entry)) == blocks)
  }

  @Test func theTokenizerGoesAlong() throws {
    let model = try GPT2Model.load(path: Self.data + "/gguf/mixed.gguf")
    let tokenizer = try #require(try model.tokenizer())
    try model.write(gguf: folder + "/again.gguf", as: .f16)
    let again = try #require(try GPT2Model.load(path: folder + "/again.gguf").tokenizer())
    #expect(tokenizer.tables != nil)
    #expect(again.tables?.merges == tokenizer.tables?.merges)
    #expect(again.tables?.tokens.prefix(2001) == tokenizer.tables?.tokens.prefix(2001))
    try model.write(directory: folder + "/folder", as: GPT2Model.DirectoryExport())
    let files = try #require(try GPT2Model.load(path: folder + "/folder").tokenizer())
    #expect(files.tables?.merges == tokenizer.tables?.merges)
    #expect(files.specialTokens == tokenizer.specialTokens)
    let theirs = try Tokenizer(directory: Self.data + "/tokenizer")
    #expect(theirs.tables?.tokens == files.tables?.tokens)
  }

  @Test func whatIsWrittenInPiecesIsWhole() throws {
    var config = GPT2Config()
    config.vocabularySize = 5003
    config.contextLength = 16
    config.width = 256
    config.innerWidth = 5000
    config.layerCount = 1
    config.headCount = 4
    let model = try GPT2Model.random(config, name: "pieces")
    for name in ["wte.weight", "h.0.mlp.c_fc.weight", "h.0.mlp.c_proj.weight"] {
      let (parameter, tensor) = (
        try #require(model[name]), try #require(config.tensors.first { $0.name == name })
      )
      for orientation in [MatrixOrientation.outIn, .inOut] {
        let parts = parameter.parts(orientation)
        #expect(parts.count == 2, "\(name)")
        let counts = try parts.map { try $0.values().count }
        #expect(parts.map(\.start) == [0, counts[0]])
        #expect(counts.reduce(0, +) == tensor.elementCount)
      }
    }
    try model.write(directory: folder + "/plain", as: GPT2Model.DirectoryExport())
    try expectEqual(model, try GPT2Model.load(path: folder + "/plain"))
    var half = GPT2Model.DirectoryExport()
    half.floats = .float16
    try model.write(directory: folder + "/half", as: half)
    // In Float16, so that its matrices are widened when they are needed.
    let widened = try GPT2Model.load(path: folder + "/half")
    try expectEqual(model, widened, within: 1e-4)
    try widened.write(directory: folder + "/again", as: half)
    try expectEqual(widened, try GPT2Model.load(path: folder + "/again"))
    for type in [GPT2Model.GGUFExportType.f32, .q8_0] {
      try model.write(gguf: "\(folder)/\(type).gguf", as: type)
      let back = try GPT2Model.load(path: "\(folder)/\(type).gguf")
      try expectEqual(model, back, within: type == .f32 ? 0 : 6e-4)
      try back.write(directory: "\(folder)/\(type)", as: GPT2Model.DirectoryExport())
      try expectEqual(back, try GPT2Model.load(path: "\(folder)/\(type)"))
    }
    let error = QuantizationError.beyondFloat16(tensor: "a", index: 3)
    #expect(error.inTensor(from: 10) == .beyondFloat16(tensor: "a", index: 13))
  }

  @Test func nothingIsOverwrittenUnasked() throws {
    let model = try source()
    var export = GPT2Model.DirectoryExport()
    try model.write(directory: folder, as: export)
    let before = try Data(contentsOf: URL(filePath: folder + "/model.safetensors"))
    export.floats = .float16
    let taken = FileError(.exists, path: folder + "/model.safetensors")
    #expect(throws: taken) { try model.write(directory: folder, as: export) }
    #expect(try Data(contentsOf: URL(filePath: folder + "/model.safetensors")) == before)
    export.replaces = true
    try model.write(directory: folder, as: export)
    #expect(try Data(contentsOf: URL(filePath: folder + "/model.safetensors")) != before)
    let path = folder + "/model.gguf"
    try model.write(gguf: path, as: .f16)
    #expect(throws: FileError(.exists, path: path)) { try model.write(gguf: path, as: .f32) }
    try model.write(gguf: path, as: .f32, replacing: true)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy {
        !$0.hasSuffix("-tmp")
      })
  }

  @Test func whatTheFormatsHaveNoFormForIsNamed() throws {
    let int8 = try source().quantized(by: Int8Scheme()).model
    #expect(throws: GPT2Error.self) {
      try int8.write(directory: folder, as: GPT2Model.DirectoryExport())
    }
    let mixed = try source().quantized(by: NF4Scheme(), only: ["h.0.mlp.*"]).model
    let error = try #require(throws: GPT2Error.self) {
      try mixed.write(directory: folder, as: GPT2Model.DirectoryExport())
    }
    #expect(error.description.contains("float and nf4"))
    let other = try Fixture.all[4].model()
    #expect(throws: GPT2Error.self) { try other.write(gguf: folder + "/a.gguf", as: .f16) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }
}
