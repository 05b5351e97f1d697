import Foundation
import InputLimits
import ModelFiles
import SafeFiles
import Testing

@Suite struct SafetensorsTests {
  private let path = FileManager.default.temporaryDirectory
    .appending(path: "quantbook-\(UUID()).safetensors").path

  private func write(_ header: String, data: Int, length: UInt64? = nil) throws {
    var bytes = Data()
    withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) {
      bytes.append(contentsOf: $0)
    }
    bytes.append(contentsOf: header.utf8)
    bytes.append(Data(count: data))
    try bytes.write(to: URL(filePath: path))
  }

  private func load() throws -> Safetensors {
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try Safetensors(path: path)
  }

  @Test func whatIsWrittenIsRead() throws {
    var writer = SafetensorsWriter()
    writer.metadata = ["format": "pt \"quoted\"\n"]
    writer.add("b", shape: [2, 3], [1, 2, 3, 4, 5, 6])
    writer.add("half", .float16, shape: [1], bytes: [0, 0x3C])
    writer.add("scalar", shape: [], [7])
    writer.add("empty", shape: [0, 5], [])
    try writer.write(to: path)
    let file = try load()
    #expect(file.metadata == writer.metadata)
    #expect(Set(file.tensors.map(\.name)) == ["b", "half", "scalar", "empty"])
    let entry = try #require(file["b"])
    #expect(entry.shape == [2, 3])
    #expect(entry.type == .float32)
    #expect(entry.byteRange.lowerBound % 8 == 0)
    #expect(Array(file.bytes(of: entry).bindMemory(to: Float.self)) == [1, 2, 3, 4, 5, 6])
    #expect(try #require(file["half"]).elementCount == 1)
  }

  @Test func headersAndTensorsAreLimited() throws {
    let header =
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#
    for (limit, name): (Limit, String) in [
      (.tensors, "tensors=2 allows it"),
      (.safetensorsHeaderBytes, "safetensors-header-bytes=128 allows it"),
      (.jsonDepth, "json-depth=2 allows more"), (.weightsBytes, "weights-bytes=128 allows it"),
    ] {
      try write(header, data: 8)
      try Limits.with([limit: 1]) {
        let error = try #require(throws: ModelFileError.self) { try load() }
        #expect(error.description.contains("--limit \(name)"), "\(error)")
      }
    }
    try write(header, data: 8)
    #expect(try load().tensors.count == 2)
  }

  @Test(
    "every lie is refused",
    arguments: [
      ("[]", 0, "header"),
      ("{", 0, "header"),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9]}}"#, 9, "data_offsets"),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4, "data_offsets"),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 12, "header"),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "data_offsets"),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, 8, "data_offsets"),
      (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8, "shape"),
      (#"{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}"#, 8, "shape"),
      (#"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#, 8, "shape"),
      (
        #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0,
        "data_offsets"
      ),
      (
        #"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,0]}}"#, 0, "shape"
      ),
      (#"{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}"#, 8, "dtype"),
      (#"{"a":{"shape":[2],"data_offsets":[0,8]}}"#, 8, "dtype"),
      (#"{"a":{"dtype":"F32","shape":[2]}}"#, 8, "data_offsets"),
      (#"{"a":3}"#, 0, "entry"),
      (#"{"__metadata__":{"a":1}}"#, 0, "__metadata__"),
      (
        #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"#
          + #""b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#, 6, "'b'"
      ),
      (
        #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"#
          + #""b":{"dtype":"U8","shape":[1],"data_offsets":[5,6]}}"#, 6, "'b'"
      ),
      (
        #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
          + #""a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, 2, "header"
      ),
    ] as [(String, Int, String)])
  func lies(_ header: String, _ data: Int, _ field: String) throws {
    try write(header, data: data)
    let error = try #require(throws: ModelFileError.self) { try load() }
    #expect(error.field?.contains(field) == true, "\(error)")
  }

  @Test(arguments: [0, 3, 7, 100, UInt64.max, UInt64(Int.max), 1 << 40])
  func aHeaderLengthThatDoesNotFitIsRefused(_ length: UInt64) throws {
    if length < 8 {
      try Data(count: Int(length)).write(to: URL(filePath: path))
    } else {
      try write("{}", data: 0, length: length)
    }
    let error = try #require(throws: ModelFileError.self) { try load() }
    #expect(error.field == "header length")
    // No limit is at fault.
    #expect(!error.description.contains("--limit"), "\(error)")
  }

  @Test func noMutationOfAFileTraps() throws {
    var writer = SafetensorsWriter()
    writer.metadata = ["format": "pt"]
    writer.add("a.weight", shape: [3, 4], (0..<12).map { Float($0) })
    writer.add("b", .bfloat16, shape: [5], bytes: Array(0..<10))
    try writer.write(to: path)
    let original = try BoundedReader.bytes(path: path, limit: 1 << 20)
    var generator = SystemRandomNumberGenerator()
    var refused = 0
    for _ in 0..<3000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[index] =
          Bool.random(using: &generator)
          ? UInt8.random(in: 0...255, using: &generator)
          : Array("0123456789[]{},:\"".utf8).randomElement(using: &generator) ?? 0
      }
      if Int.random(in: 0..<4, using: &generator) == 0 {
        bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator))
      }
      try Data(bytes).write(to: URL(filePath: path))
      do {
        let file = try Safetensors(path: path)
        for tensor in file.tensors { #expect(file.bytes(of: tensor).count >= 0) }
      } catch { refused += 1 }
    }
    try FileManager.default.removeItem(atPath: path)
    #expect(refused > 500)
  }
}
