import SafeFiles

/// Writes GGUF files of version 3, little-endian, whole or not at all.
public struct GGUFWriter {
  private struct Tensor {
    var name: String
    var type: GGUFTensorType
    var shape: [Int]
    var pieces: [() throws -> [UInt8]]

    var byteCount: Int {
      shape.reduce(1, *) / type.block.elements * type.block.bytes
    }
  }

  private static let alignment = 32

  private var settings: [UInt8] = []
  private var settingCount: UInt64 = 0
  private var tensors: [Tensor] = []

  public init() {}

  public mutating func set(_ key: String, _ text: String) {
    add(key, .string)
    settings.append(text)
  }

  public mutating func set(_ key: String, _ number: UInt32) {
    add(key, .uint32)
    settings.append(number)
  }

  public mutating func set(_ key: String, _ number: Float) {
    add(key, .float32)
    settings.append(number.bitPattern)
  }

  public mutating func set(_ key: String, _ truth: Bool) {
    add(key, .boolean)
    settings.append(UInt8(truth ? 1 : 0))
  }

  public mutating func set(_ key: String, _ texts: [String]) {
    add(key, .array)
    settings.append(GGUFValueKind.string.rawValue)
    settings.append(UInt64(texts.count))
    for text in texts { settings.append(text) }
  }

  public mutating func set(_ key: String, _ numbers: [Int32]) {
    add(key, .array)
    settings.append(GGUFValueKind.int32.rawValue)
    settings.append(UInt64(numbers.count))
    for number in numbers { settings.append(number) }
  }

  private mutating func add(_ key: String, _ kind: GGUFValueKind) {
    settings.append(key)
    settings.append(kind.rawValue)
    settingCount += 1
  }

  /// Adds a tensor whose bytes are made piece by piece when they are written.
  ///
  /// - Parameter shape: sizes from the slowest to the fastest index; rows are whole blocks.
  public mutating func add(
    _ name: String, _ type: GGUFTensorType, shape: [Int], pieces: [() throws -> [UInt8]]
  ) {
    precondition((1...4).contains(shape.count) && (shape.last ?? 0) % type.block.elements == 0)
    tensors.append(Tensor(name: name, type: type, shape: shape, pieces: pieces))
  }

  /// Writes the file.
  ///
  /// - Parameter replacing: whether a file that is there is replaced.
  /// - Throws: `FileError`, with `exists` for a file that is not to be replaced; what making a tensor
  ///   throws; `CancellationError` between tensors.
  public func write(to path: String, replacing: Bool = true) throws {
    let header = header
    try PieceWriting.write(
      [{ header }]
        + tensors.flatMap { tensor in
          PieceWriting.pieces(tensor.pieces, of: tensor.byteCount)
            + [{ Self.padding(after: tensor.byteCount) }]
        }, to: path, replacing: replacing)
  }

  private var header: [UInt8] {
    var header = GGUF.magic
    header.append(UInt32(3))
    header.append(UInt64(tensors.count))
    header.append(settingCount)
    header += settings
    var offset: UInt64 = 0
    for tensor in tensors {
      header.append(tensor.name)
      header.append(UInt32(tensor.shape.count))
      for size in tensor.shape.reversed() { header.append(UInt64(size)) }
      header.append(tensor.type.rawValue)
      header.append(offset)
      offset += UInt64(tensor.byteCount + Self.padding(after: tensor.byteCount).count)
    }
    return header + Self.padding(after: header.count)
  }

  private static func padding(after count: Int) -> [UInt8] {
    Array(repeating: 0, count: (alignment - count % alignment) % alignment)
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  fileprivate mutating func append(_ text: String) {
    append(UInt64(text.utf8.count))
    append(contentsOf: text.utf8)
  }
}
