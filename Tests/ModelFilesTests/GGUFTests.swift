import Foundation
import InputLimits
import ModelFiles
import SafeFiles
import Testing

private func integer(_ key: String, of file: GGUF) -> Int? {
  if case .integer(let value)? = file.settings[key] { value } else { nil }
}

/// Puts the bytes of a GGUF file together, right or wrong.
private struct GGUFBytes {
  var bytes: [UInt8] = []

  init(version: UInt32 = 3, tensors: UInt64 = 0, settings: UInt64 = 0) {
    bytes = Array("GGUF".utf8)
    add(version)
    add(tensors)
    add(settings)
  }

  mutating func add(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func add(_ text: String) {
    add(UInt64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  mutating func addSetting(_ key: String, kind: UInt32) {
    add(key)
    add(kind)
  }

  mutating func addTensor(
    _ name: String, _ sizes: [UInt64], type: UInt32 = 0, offset: UInt64 = 0
  ) {
    add(name)
    add(UInt32(sizes.count))
    for size in sizes { add(size) }
    add(type)
    add(offset)
  }

  /// Fills up to the alignment, and adds the bytes of tensors.
  mutating func addData(_ count: Int, alignment: Int = 32) {
    while bytes.count % alignment != 0 { bytes.append(0) }
    bytes.append(contentsOf: (0..<count).map { UInt8($0 % 256) })
  }
}

@Suite struct GGUFTests {
  private let path = FileManager.default.temporaryDirectory
    .appending(path: "quantbook-\(UUID()).gguf").path

  private func open(_ file: GGUFBytes) throws -> GGUF {
    try Data(file.bytes).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try GGUF(path: path)
  }

  private func refusal(
    _ tensors: UInt64 = 0, settings: UInt64 = 0, version: UInt32 = 3,
    _ build: (inout GGUFBytes) -> Void = { _ in }
  ) throws -> ModelFileError {
    var file = GGUFBytes(version: version, tensors: tensors, settings: settings)
    build(&file)
    return try #require(throws: ModelFileError.self) { try open(file) }
  }

  static let fixtures = URL(filePath: #filePath).appending(path: "../../Fixtures/data/gguf")
    .standardized.path

  @Test func whatThePackageWroteIsRead() throws {
    let file = try GGUF(path: Self.fixtures + "/mixed.gguf")
    #expect(file.version == 3)
    #expect(try file.string("general.architecture") == "gpt2")
    #expect(try file.integer("gpt2.block_count", upTo: .layers) == 2)
    #expect(try file.integers("test.numbers") == [1, -2, 3])
    guard case .boolean(true)? = file.settings["test.truth"] else {
      Issue.record("test.truth")
      return
    }
    let tokens = try #require(try file.strings("tokenizer.ggml.tokens"))
    #expect(tokens.count == 2003)
    #expect(tokens[2002] == "[PAD2002]")
    let embedding = try #require(file["token_embd.weight"])
    #expect(embedding.type == .q8_0)
    #expect(embedding.shape == [2003, 32])
    #expect(file.bytes(of: embedding).count == 2003 * 34)
    #expect(try GGUF(path: Self.fixtures + "/untied.gguf").version == 2)
  }

  @Test func countsAreLimited() throws {
    for (limit, value): (Limit, Int) in [(.ggufSettings, 3), (.tensors, 2), (.ggufHeaderBytes, 90)]
    {
      try Limits.with([limit: value]) {
        let error = try #require(throws: ModelFileError.self) {
          try GGUF(path: Self.fixtures + "/mixed.gguf")
        }
        #expect(error.description.contains("--limit \(limit.name)="), "\(error)")
      }
    }
  }

  @Test func everyKindOfSettingIsRead() throws {
    var file = GGUFBytes(settings: 7)
    file.addSetting("signed", kind: 1)
    file.add(Int8(-3))
    file.addSetting("wide", kind: 10)
    file.add(UInt64.max)
    file.addSetting("float", kind: 6)
    file.add(Float(0.5).bitPattern)
    file.addSetting("double", kind: 12)
    file.add(Double(-2).bitPattern)
    file.addSetting("text", kind: 8)
    file.add("ä")
    file.addSetting("nested", kind: 9)
    file.add(UInt32(9))
    file.add(UInt64(2))
    for _ in 0..<2 {
      file.add(UInt32(0))
      file.add(UInt64(1))
      file.add(UInt8(7))
    }
    file.addSetting("last", kind: 3)
    file.add(Int16(-300))
    let read = try open(file)
    #expect(integer("signed", of: read) == -3)
    #expect(try read.number("wide", in: 0...1e30) == Double(UInt64.max))
    #expect(try read.number("float", in: 0...1) == 0.5)
    #expect(try read.number("double", in: -3...1) == -2)
    #expect(try read.string("text") == "ä")
    #expect(integer("last", of: read) == -300)
    #expect(throws: ModelFileError.self) { try read.integers("nested") }
    #expect(throws: ModelFileError.self) { try read.integer("last", upTo: .layers) }
    #expect(throws: ModelFileError.self) { try read.integer("none", upTo: .layers) }
    #expect(throws: ModelFileError.self) { try read.string("last") }
  }

  @Test func versionsThatAreNotReadAreNamed() throws {
    #expect(try refusal(version: 1).field == "version")
    #expect(try refusal(version: 4).code == .unsupported)
    #expect(try refusal(version: 3 << 24).detail.contains("big-endian"))
    var other = GGUFBytes()
    other.bytes[0] = 0x67
    #expect(try #require(throws: ModelFileError.self) { try open(other) }.field == "magic")
    other.bytes = []
    #expect(try #require(throws: ModelFileError.self) { try open(other) }.field == "magic")
  }

  @Test func countsAndLengthsThatDoNotFitAreRefused() throws {
    #expect(try refusal(.max).field == "number of tensors")
    #expect(try refusal(settings: 1 << 40).field == "number of settings")
    #expect(try refusal(settings: 1).field == "setting 0")
    #expect(try refusal(settings: 1) { $0.add(UInt64.max) }.field == "setting 0")
    #expect(try refusal(settings: 1) { $0.add("") }.field == "setting 0")
    #expect(try refusal(settings: 1) { $0.addSetting("a", kind: 13) }.field == "a")
    #expect(
      try refusal(settings: 1) {
        $0.addSetting("a", kind: 7)
        $0.add(UInt8(2))
      }.detail.contains("boolean"))
    for kind: UInt32 in [0, 5, 8, 12] {
      #expect(
        try refusal(settings: 1) {
          $0.addSetting("list", kind: 9)
          $0.add(kind)
          $0.add(UInt64.max)
        }.field == "list")
    }
    #expect(
      try refusal(settings: 1) {
        $0.addSetting("deep", kind: 9)
        for _ in 0..<1000 {
          $0.add(UInt32(9))
          $0.add(UInt64(1))
        }
      }.detail.contains("deep"))
    #expect(
      try refusal(settings: 2) {
        for _ in 0..<2 {
          $0.addSetting("twice", kind: 0)
          $0.add(UInt8(1))
        }
      }.detail == "is set twice")
    for alignment: UInt32 in [0, 3, .max] {
      #expect(
        try refusal(settings: 1) {
          $0.addSetting("general.alignment", kind: 4)
          $0.add(alignment)
        }.field == "general.alignment")
    }
  }

  @Test(
    arguments: [
      ("has 0 dimensions", [[]], 0, [0]), ("has 5 dimensions", [[1, 1, 1, 1, 1]], 0, [0]),
      ("has a dimension of 0", [[0]], 0, [0]), ("has a dimension of", [[.max]], 0, [0]),
      ("can be counted", [[1 << 40, 1 << 40]], 0, [0]), ("has the type 99", [[4]], 99, [0]),
      ("a block of Q4_0 has 32", [[16, 2]], 2, [0]), ("has the offset 16", [[4]], 0, [16]),
      ("at the offset 320", [[4]], 0, [320]), ("has 1024 bytes", [[256]], 0, [0]),
      ("at the offset", [[4]], 0, [UInt64.max - 31]), ("overlaps", [[16], [16]], 0, [0, 32]),
    ] as [(String, [[UInt64]], UInt32, [UInt64])])
  func aTensorThatDoesNotFitIsNamed(
    _ detail: String, _ shapes: [[UInt64]], _ type: UInt32, _ offsets: [UInt64]
  ) throws {
    let error = try refusal(UInt64(shapes.count)) {
      for (index, sizes) in shapes.enumerated() {
        $0.addTensor("t\(index)", sizes, type: type, offset: offsets[index])
      }
      $0.addData(128)
    }
    #expect(error.field == "tensor 't\(shapes.count - 1)'")
    #expect(error.detail.contains(detail), "\(error.detail)")
  }

  @Test func anAlignmentOfItsOwnIsKept() throws {
    var file = GGUFBytes(tensors: 2, settings: 1)
    file.addSetting("general.alignment", kind: 4)
    file.add(UInt32(64))
    file.addTensor("b", [3], offset: 64)
    file.addTensor("a", [2, 3], type: 1)
    file.addData(76, alignment: 64)
    let read = try open(file)
    #expect(read.tensors.map(\.name) == ["a", "b"])
    #expect(try #require(read["a"]).shape == [3, 2])
    #expect(try #require(read["b"]).byteRange.lowerBound % 64 == 0)
  }

  @Test func noMutationOfAFileTraps() throws {
    let original = try BoundedReader.bytes(
      path: Self.fixtures + "/untied.gguf", limit: 1 << 20)
    var generator = SystemRandomNumberGenerator()
    var refused = 0
    for _ in 0..<1500 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: 0..<1800, using: &generator)] =
          UInt8.random(in: 0...255, using: &generator)
      }
      if Int.random(in: 0..<4, using: &generator) == 0 {
        bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator))
      }
      try Data(bytes).write(to: URL(filePath: path))
      do {
        let file = try GGUF(path: path)
        for tensor in file.tensors { #expect(file.bytes(of: tensor).count >= 0) }
      } catch { refused += 1 }
    }
    try FileManager.default.removeItem(atPath: path)
    #expect(refused > 300)
  }
}
