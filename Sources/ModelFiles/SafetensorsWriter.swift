import SafeFiles

/// Writes safetensors files, whole or not at all.
public struct SafetensorsWriter {
  private struct Tensor {
    var name: String
    var type: TensorType
    var shape: [Int]
    var pieces: [() throws -> [UInt8]]

    var byteCount: Int { shape.reduce(type.byteCount, *) }
  }

  private var tensors: [Tensor] = []
  /// The texts for `__metadata__`.
  public var metadata: [String: String] = [:]

  public init() {}

  /// Adds a tensor whose elements are made piece by piece when they are written, little-endian, the
  /// last index fastest: so that only one piece has to be in memory.
  public mutating func add(
    _ name: String, _ type: TensorType, shape: [Int], pieces: [() throws -> [UInt8]]
  ) {
    tensors.append(Tensor(name: name, type: type, shape: shape, pieces: pieces))
  }

  /// Adds a tensor whose elements are made when they are written.
  public mutating func add(
    _ name: String, _ type: TensorType, shape: [Int], contents: @escaping () throws -> [UInt8]
  ) {
    add(name, type, shape: shape, pieces: [contents])
  }

  /// Adds a tensor; `bytes` holds its elements, little-endian, the last index fastest.
  public mutating func add(_ name: String, _ type: TensorType, shape: [Int], bytes: [UInt8]) {
    precondition(bytes.count == shape.reduce(type.byteCount, *))
    add(name, type, shape: shape) { bytes }
  }

  /// Adds a tensor of type `F32`.
  public mutating func add(_ name: String, shape: [Int], _ values: [Float]) {
    add(name, .float32, shape: shape, bytes: values.withUnsafeBytes { Array($0) })
  }

  /// Writes the file. Wide types come first, so that every tensor is aligned to its type.
  ///
  /// - Parameter replacing: whether a file that is there is replaced.
  /// - Throws: `FileError`, with `exists` for a file that is not to be replaced; what making a tensor
  ///   throws; `CancellationError` between tensors.
  public func write(to path: String, replacing: Bool = true) throws {
    let ordered = tensors.sorted {
      ($1.type.byteCount, $0.name) < ($0.type.byteCount, $1.name)
    }
    let header = header(ordered)
    try PieceWriting.write(
      [{ header }] + ordered.flatMap { PieceWriting.pieces($0.pieces, of: $0.byteCount) },
      to: path, replacing: replacing)
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
      let end = offset + tensor.byteCount
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

  private func quoted(_ text: String) -> String { JSONValue.quoted(text) }
}
