public import SafeFiles

/// Writes safetensors files, whole or not at all.
public struct SafetensorsWriter {
  private struct Tensor {
    var name: String
    var type: TensorType
    var shape: [Int]
    var bytes: [UInt8]
  }

  private var tensors: [Tensor] = []
  /// The texts for `__metadata__`.
  public var metadata: [String: String] = [:]

  public init() {}

  /// Adds a tensor; `bytes` holds its elements, little-endian, the last index fastest.
  public mutating func add(_ name: String, _ type: TensorType, shape: [Int], bytes: [UInt8]) {
    precondition(bytes.count == shape.reduce(type.byteCount, *))
    tensors.append(Tensor(name: name, type: type, shape: shape, bytes: bytes))
  }

  /// Adds a tensor of type `F32`.
  public mutating func add(_ name: String, shape: [Int], _ values: [Float]) {
    add(name, .float32, shape: shape, bytes: values.withUnsafeBytes { Array($0) })
  }

  /// Writes the file. Wide types come first, so that every tensor is aligned to its type.
  public func write(to path: String) throws(FileError) {
    let ordered = tensors.sorted {
      ($1.type.byteCount, $0.name) < ($0.type.byteCount, $1.name)
    }
    let header = header(ordered)
    try AtomicWrite.write(to: path) { (append) throws(FileError) in
      try Self.append(header, append)
      for tensor in ordered { try Self.append(tensor.bytes, append) }
    }
  }

  private static func append(
    _ bytes: [UInt8], _ append: (UnsafeRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) {
    var failure: FileError?
    bytes.withUnsafeBytes { buffer in
      do throws(FileError) { try append(buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Length and JSON, padded with spaces to a multiple of 8 bytes.
  private func header(_ tensors: [Tensor]) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0)):\(quoted($1))" }
      members.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.bytes.count
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var json = Array("{\(members.joined(separator: ","))}".utf8)
    while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
  }

  private func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
