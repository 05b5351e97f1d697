import InputLimits
import SafeFiles

/// Reads and checks all of a GGUF file that is not the tensors themselves.
struct GGUFHeader {
  private(set) var version = 0
  private(set) var settings: [String: GGUFValue] = [:]
  private(set) var tensors: [GGUFTensor] = []
  private var cursor: GGUFCursor

  private static let usualAlignment = 32

  init(_ file: MappedFile) throws(ModelFileError) {
    cursor = GGUFCursor(file)
    try readVersion(file)
    cursor.entry = "number of tensors"
    let tensorCount = try count(limit: .tensors)
    cursor.entry = "number of settings"
    let settingCount = try count(limit: .ggufSettings)
    for index in 0..<settingCount { try readSetting(index) }
    let alignment = try alignment(file)
    var descriptions: [Description] = []
    for index in 0..<tensorCount { descriptions.append(try readDescription(index, alignment)) }
    let dataStart = (cursor.position + alignment - 1) / alignment * alignment
    for description in descriptions {
      tensors.append(try tensor(description, dataStart: dataStart, fileSize: file.bytes.count))
    }
    try checkThatNoneOverlap()
  }

  private mutating func readVersion(_ file: MappedFile) throws(ModelFileError) {
    cursor.entry = "magic"
    guard file.bytes[try cursor.skip(4)].elementsEqual(GGUF.magic) else {
      throw cursor.refusal("is not 'GGUF'")
    }
    cursor.entry = "version"
    let number: UInt32 = try cursor.integer()
    guard number & 0xFFFF != 0 || number == 0 else {
      throw cursor.refusal("is that of a big-endian file, only little-endian is read", .unsupported)
    }
    guard 2...3 ~= number else {
      throw cursor.refusal("is \(number), only 2 and 3 are read", .unsupported)
    }
    version = Int(number)
  }

  private mutating func count(limit: Limit) throws(ModelFileError) -> Int {
    let count: UInt64 = try cursor.integer()
    // Each takes some bytes of the file.
    guard count <= UInt64(cursor.fileSize) else {
      throw cursor.refusal(
        "is \(count), which is more than the \(cursor.fileSize) bytes of the file")
    }
    guard count <= UInt64(limit.value) else {
      throw cursor.refusal("is \(count), the limit is \(limit.value) (\(limit.cure(for: count)))")
    }
    return Int(count)
  }

  private mutating func readSetting(_ index: Int) throws(ModelFileError) {
    cursor.entry = "setting \(index)"
    let key = try cursor.name(limit: 65535)
    cursor.entry = key
    let kind = try cursor.kind()
    let value = try cursor.value(of: kind)
    guard settings.updateValue(value, forKey: key) == nil else {
      throw cursor.refusal("is set twice")
    }
  }

  /// `general.alignment`, a power of two.
  private mutating func alignment(_ file: MappedFile) throws(ModelFileError) -> Int {
    let key = "general.alignment"
    guard let value = settings[key] else { return Self.usualAlignment }
    cursor.entry = key
    guard case .integer(let alignment) = value, 1...(1 << 30) ~= alignment,
      alignment & (alignment - 1) == 0
    else { throw cursor.refusal("must be a power of two, up to 2^30") }
    return alignment
  }

  private struct Description {
    var name: String
    var type: GGUFTensorType
    var shape: [Int]
    var offset: UInt64
    var byteCount: Int
  }

  private mutating func readDescription(
    _ index: Int, _ alignment: Int
  ) throws(ModelFileError) -> Description {
    cursor.entry = "tensor \(index)"
    let name = try cursor.name(limit: 63)
    cursor.entry = "tensor '\(name)'"
    let dimensions: UInt32 = try cursor.integer()
    guard 1...4 ~= dimensions else {
      throw cursor.refusal("has \(dimensions) dimensions, not 1 to 4")
    }
    var sizes: [Int] = []
    for _ in 0..<dimensions {
      let size: UInt64 = try cursor.integer()
      guard 1...UInt64(Int64.max) ~= size else {
        throw cursor.refusal("has a dimension of \(size)")
      }
      sizes.append(Int(size))
    }
    let number: UInt32 = try cursor.integer()
    guard let type = GGUFTensorType(rawValue: number) else {
      throw cursor.refusal("has the type \(number), which is not known")
    }
    guard let byteCount = Self.byteCount(sizes, type) else {
      throw cursor.refusal(
        "has rows of \(sizes[0]) elements or more bytes than can be counted; a block of \(type.name) "
          + "has \(type.block.elements) element\(type.block.elements == 1 ? "" : "s")")
    }
    let offset: UInt64 = try cursor.integer()
    guard offset % UInt64(alignment) == 0 else {
      throw cursor.refusal("has the offset \(offset), which is no multiple of \(alignment)")
    }
    return Description(
      name: name, type: type, shape: sizes.reversed(), offset: offset, byteCount: byteCount)
  }

  /// nil where rows do not hold whole blocks, or the product overflows.
  private static func byteCount(_ sizes: [Int], _ type: GGUFTensorType) -> Int? {
    guard sizes[0] % type.block.elements == 0 else { return nil }
    var product = sizes[0] / type.block.elements
    for factor in sizes.dropFirst() + [type.block.bytes] {
      let (next, overflows) = product.multipliedReportingOverflow(by: factor)
      if overflows { return nil }
      product = next
    }
    return product
  }

  private mutating func tensor(
    _ description: Description, dataStart: Int, fileSize: Int
  ) throws(ModelFileError) -> GGUFTensor {
    let room = fileSize - dataStart
    cursor.entry = "tensor '\(description.name)'"
    guard room >= 0, description.offset <= UInt64(room),
      description.byteCount <= room - Int(description.offset)
    else {
      throw cursor.refusal(
        "has \(description.byteCount) bytes at the offset \(description.offset), the file has "
          + "\(max(room, 0)) bytes of tensors")
    }
    let start = dataStart + Int(description.offset)
    return GGUFTensor(
      name: description.name, type: description.type, shape: description.shape,
      byteRange: start..<start + description.byteCount)
  }

  private mutating func checkThatNoneOverlap() throws(ModelFileError) {
    tensors.sort { $0.byteRange.lowerBound < $1.byteRange.lowerBound }
    var names: Set<String> = []
    var end = 0
    for tensor in tensors {
      cursor.entry = "tensor '\(tensor.name)'"
      guard names.insert(tensor.name).inserted else { throw cursor.refusal("occurs twice") }
      guard tensor.byteRange.lowerBound >= end else {
        throw cursor.refusal("overlaps another tensor")
      }
      end = tensor.byteRange.upperBound
    }
  }
}
