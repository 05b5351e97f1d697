import Foundation
import Testing

@Suite struct ExportCommandTests {
  private static let data = URL(filePath: #filePath).appending(path: "../../Fixtures/data")
    .standardized
  private static let source = data.appending(path: "quantized/source").path

  @Test("writes a folder for transformers, and no second time")
  func safetensors() throws {
    let folder = try TemporaryFolder()
    let run = try CommandRun.quantbook(
      "export", Self.source, "--scheme", "nf4", "--double-quantization", "-o", "out", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("wrote out"))
    #expect(run.output.isEmpty)
    #expect(try folder.read("out/config.json").contains("\"bnb_4bit_use_double_quant\": true"))
    let again = try CommandRun.quantbook("export", Self.source, "-o", "out", in: folder)
    #expect(again.status == 1)
    #expect(again.errors.contains("the folder 'out' has model.safetensors"))
    #expect(again.errors.contains("and config.json already"))
    #expect(again.errors.contains("--force replaces them"))
    #expect(try folder.read("out/config.json").contains("bnb_4bit"))
    let forced = try CommandRun.quantbook(
      "export", Self.source, "--dtype", "fp16", "--force", "-o", "out", in: folder)
    #expect(forced.status == 0)
    #expect(try !folder.read("out/config.json").contains("bnb_4bit"))
  }

  @Test("blocks that run across rows are told, since bitsandbytes computes them on a GPU only")
  func blocksAcrossRows() throws {
    let folder = try TemporaryFolder()
    let told = "run across the rows of"
    let export = ["export", Self.source, "--scheme", "nf4", "--force", "-o", "out", "--block-size"]
    let across = try CommandRun.run(CommandRun.executable, export + ["4096"], in: folder)
    #expect(across.status == 0)
    #expect(across.errors.contains(told), "\(across.errors)")
    let within = try CommandRun.run(CommandRun.executable, export + ["32"], in: folder)
    #expect(!within.errors.contains(told), "\(within.errors)")
    let plain = try CommandRun.run(
      CommandRun.executable, export + ["4096", "--dequantize"], in: folder)
    #expect(!plain.errors.contains(told), "\(plain.errors)")
  }

  @Test(
    "what another model leaves in the folder goes with --force, so that the folder is one model")
  func oneModel() throws {
    let folder = try TemporaryFolder()
    let index = "model.safetensors.index.json"
    try FileManager.default.createDirectory(
      at: folder.url("out"), withIntermediateDirectories: true)
    try folder.write(
      #"{"weight_map": {"a": "s-1.safetensors", "b": "s-2.safetensors", "c": "../kept.safetensors"}}"#,
      to: "out/\(index)")
    for name in [
      "out/s-1.safetensors", "kept.safetensors", "out/own.safetensors", "out/tokenizer.json",
      "out/README.md",
    ] { try folder.write("{}", to: name) }
    let export = [
      "export", Self.data.appending(path: "gguf/mixed.gguf").path, "-o", "out",
    ]
    let refused = try CommandRun.run(CommandRun.executable, export, in: folder)
    #expect(refused.status == 1)
    #expect(
      refused.errors.contains("has \(index), s-1.safetensors and tokenizer.json already"),
      "\(refused.errors)")
    let forced = try CommandRun.run(CommandRun.executable, export + ["--force"], in: folder)
    #expect(forced.status == 0, "\(forced.errors)")
    let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder.url("out").path))
    #expect(
      names == [
        "config.json", "model.safetensors", "vocab.json", "merges.txt", "own.safetensors",
        "README.md",
      ])
    #expect(try folder.names.contains("kept.safetensors"))
  }

  @Test("a GGUF file without a tokenizer is told, since llama.cpp does not load it")
  func noTokenizer() throws {
    let folder = try TemporaryFolder()
    let run = try CommandRun.quantbook("export", Self.source, "-o", "a.gguf", in: folder)
    #expect(run.status == 0)
    #expect(run.errors.contains("note: 'source' has no tokenizer"), "\(run.errors)")
  }

  @Test("the name of the output tells GGUF")
  func gguf() throws {
    let folder = try TemporaryFolder()
    let run = try CommandRun.quantbook(
      "export", Self.data.appending(path: "gguf/mixed.gguf").path, "--type", "Q8_0", "-o", "a.gguf",
      in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try folder.names == ["a.gguf"])
    let contents = try Data(contentsOf: folder.url("a.gguf"))
    #expect(contents.starts(with: Data("GGUF".utf8)))
    let again = try CommandRun.quantbook("export", Self.source, "-o", "a.gguf", in: folder)
    #expect(again.status == 1)
    #expect(again.errors.contains("there is a file 'a.gguf' already"))
    #expect(try Data(contentsOf: folder.url("a.gguf")) == contents)
  }

  @Test(
    "wrong use is named",
    arguments: [
      (["--scheme", "int8"], 64, "--dequantize"), (["--block-size", "64"], 64, "--scheme nf4"),
      (["--scheme", "nf4", "--block-size", "65"], 64, "allowed: 32"),
      (["--format", "gguf", "--scheme", "nf4"], 64, "--type"),
      (["--format", "safetensors", "--type", "f16"], 64, "--dtype"),
      (["--scheme", "nf5"], 64, "nf5"), (["--dtype", "int4"], 64, "int4"),
    ] as [([String], Int32, String)])
  func wrongUse(_ options: [String], _ status: Int32, _ message: String) throws {
    let folder = try TemporaryFolder()
    let run = try CommandRun.run(
      CommandRun.executable, ["export", Self.source, "-o", "out"] + options, in: folder)
    #expect(run.status == status)
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(try folder.names.isEmpty)
  }

  @Test("a model that is not there, and one that is damaged")
  func badModels() throws {
    let folder = try TemporaryFolder()
    let missing = try CommandRun.quantbook("export", "none", "-o", "out", in: folder)
    #expect(missing.status == 5)
    #expect(missing.errors.contains("no model is called 'none'"))
    try folder.write("GGUF", to: "cut.gguf")
    try FileManager.default.createDirectory(
      at: folder.url("empty"), withIntermediateDirectories: true)
    let empty = try CommandRun.quantbook("export", "empty", "-o", "out", in: folder)
    #expect(
      empty.errors.contains(
        "empty is no model: it lacks config.json, model.safetensors, tokenizer.json (or vocab.json")
    )
    try FileManager.default.removeItem(at: folder.url("empty"))
    let damaged = try CommandRun.quantbook("export", "cut.gguf", "-o", "out", in: folder)
    #expect(damaged.status != 0)
    #expect(damaged.errors.contains("cut.gguf"))
    #expect(try folder.names == ["cut.gguf"])
  }
}
