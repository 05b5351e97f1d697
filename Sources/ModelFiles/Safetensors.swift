import InputLimits
public import SafeFiles

/// A safetensors file: named tensors in a memory-mapped file, its header checked in full.
///
/// The file is eight bytes of header length (little-endian), a JSON header, then the tensors
/// without a gap. Source: huggingface/safetensors, `README.md`, "Format"; as that crate does, this
/// type refuses holes, overlaps and offsets that do not fit shape and type.
public struct Safetensors: Sendable {
  /// The mapped file, which holds the tensors' bytes.
  public let file: MappedFile
  /// The tensors in the order of their bytes.
  public let tensors: [TensorEntry]
  /// The texts under `__metadata__`.
  public let metadata: [String: String]

  private let index: [String: Int]

  /// Maps the file at `path` and checks its header.
  public init(path: String) throws(ModelFileError) {
    do throws(FileError) { file = try MappedFile(path: path) } catch {
      throw ModelFileError(.file(error), path: path)
    }
    guard !GitLFSPointer.isOne(file.bytes) else {
      throw ModelFileError(
        .unsupported, path: path, GitLFSPointer.description, help: GitLFSPointer.help)
    }
    let header = try SafetensorsHeader(file)
    tensors = header.tensors
    metadata = header.metadata
    index = Dictionary(uniqueKeysWithValues: zip(tensors.map(\.name), tensors.indices))
  }

  /// The tensor called `name`.
  public subscript(name: String) -> TensorEntry? { index[name].map { tensors[$0] } }

  /// The bytes of a tensor of this file. Valid while `file` lives; aligned as the file has them.
  public func bytes(of tensor: TensorEntry) -> UnsafeRawBufferPointer {
    precondition(tensor.byteRange.upperBound <= file.bytes.count)
    return UnsafeRawBufferPointer(rebasing: file.bytes[tensor.byteRange])
  }
}

/// Reads and checks the header.
private struct SafetensorsHeader {
  private(set) var tensors: [TensorEntry] = []
  private(set) var metadata: [String: String] = [:]
  private let path: String
  private let dataStart: Int
  private let fileSize: Int

  init(_ file: MappedFile) throws(ModelFileError) {
    path = file.path
    fileSize = file.bytes.count
    guard fileSize >= 8 else {
      throw ModelFileError(
        .invalid, path: file.path, field: "header length", "needs 8 bytes, the file has \(fileSize)"
      )
    }
    let length = UInt64(littleEndian: file.bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(fileSize - 8) else {
      throw ModelFileError(
        .invalid, path: file.path, field: "header length",
        "is \(length), the file has \(fileSize - 8) bytes after it: it was cut off, or is no safetensors file"
      )
    }
    let limit = Limit.safetensorsHeaderBytes
    guard length <= UInt64(limit.value) else {
      throw ModelFileError(
        .invalid, path: file.path, field: "header length",
        "is \(length), the limit is \(limit.value) (\(limit.cure(for: length)))")
    }
    dataStart = 8 + Int(length)
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONReader.read(UnsafeRawBufferPointer(rebasing: file.bytes[8..<dataStart]))
    } catch { throw ModelFileError(.json(error), path: path, field: "header") }
    guard case .object(let object) = root else {
      throw ModelFileError(
        .invalid, path: path, field: "header", "must be an object, not \(root.kind)")
    }
    guard object.members.count <= Limit.tensors.value else {
      throw ModelFileError(
        .invalid, path: path, field: "header",
        "names \(object.members.count) tensors, the limit is \(Limit.tensors.value) "
          + "(\(Limit.tensors.cure(for: object.members.count)))"
      )
    }
    for member in object.members {
      if member.name == "__metadata__" {
        try readMetadata(member.value)
      } else {
        tensors.append(try entry(member.name, member.value))
      }
    }
    try checkThatTensorsFillTheFile()
  }

  private mutating func readMetadata(_ value: JSONValue) throws(ModelFileError) {
    guard case .object(let object) = value else {
      throw ModelFileError(.invalid, path: path, field: "__metadata__", "must be an object")
    }
    for member in object.members {
      guard case .string(let text) = member.value else {
        throw ModelFileError(
          .invalid, path: path, field: "__metadata__.\(member.name)", "must be a string")
      }
      metadata[member.name] = text
    }
  }

  private func entry(_ name: String, _ value: JSONValue) throws(ModelFileError) -> TensorEntry {
    func refuse(_ key: String, _ detail: String) -> ModelFileError {
      ModelFileError(.invalid, path: path, field: "tensor '\(name)': \(key)", detail)
    }
    guard case .object(let object) = value else {
      throw refuse("entry", "must be an object, not \(value.kind)")
    }
    guard case .string(let typeName) = object["dtype"] else {
      throw refuse("dtype", "must be a string")
    }
    guard let type = TensorType(rawValue: typeName) else {
      throw refuse("dtype", "is '\(typeName.prefix(40))', which is not known")
    }
    guard let shape = wholeNumbers(object["shape"]) else {
      throw refuse("shape", "must be an array of whole numbers from 0")
    }
    guard let offsets = wholeNumbers(object["data_offsets"]), offsets.count == 2 else {
      throw refuse("data_offsets", "must be two whole numbers from 0")
    }
    guard offsets[0] <= offsets[1], offsets[1] <= fileSize - dataStart else {
      throw refuse(
        "data_offsets",
        "are \(offsets[0]) to \(offsets[1]), the file has \(fileSize - dataStart) bytes of tensors")
    }
    guard let byteCount = Self.product(shape + [type.byteCount]),
      byteCount == offsets[1] - offsets[0]
    else {
      throw refuse(
        "data_offsets",
        "span \(offsets[1] - offsets[0]) bytes, shape \(shape) of \(typeName) has another size")
    }
    return TensorEntry(
      name: name, type: type, shape: shape,
      byteRange: dataStart + offsets[0]..<dataStart + offsets[1])
  }

  private func wholeNumbers(_ value: JSONValue?) -> [Int]? {
    guard case .array(let elements) = value, elements.count <= 16 else { return nil }
    var numbers: [Int] = []
    for element in elements {
      guard case .integer(let number) = element, number >= 0 else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  /// nil where the numbers before a zero overflow, too: who multiplies a shape need not look for zeros.
  private static func product(_ factors: [Int]) -> Int? {
    var product = 1
    for factor in factors {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      product = next
    }
    return product
  }

  private mutating func checkThatTensorsFillTheFile() throws(ModelFileError) {
    tensors.sort {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound)
        < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
    }
    var end = dataStart
    for tensor in tensors {
      guard tensor.byteRange.lowerBound == end else {
        let fault = tensor.byteRange.lowerBound < end ? "overlap another tensor" : "leave a hole"
        throw ModelFileError(
          .invalid, path: path, field: "tensor '\(tensor.name)': data_offsets", fault)
      }
      end = tensor.byteRange.upperBound
    }
    guard end == fileSize else {
      throw ModelFileError(
        .invalid, path: path, field: "header",
        "describes tensors up to byte \(end), the file has \(fileSize) bytes")
    }
  }
}
