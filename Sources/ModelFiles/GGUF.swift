public import InputLimits
public import SafeFiles

/// One tensor of a GGUF file: its name, type, shape and place.
public struct GGUFTensor: Hashable, Sendable {
  public let name: String
  public let type: GGUFTensorType
  /// Sizes from the slowest to the fastest index, the other way round than in the file.
  public let shape: [Int]
  /// Place in the file, in bytes from its beginning. Its length is that of the shape and type.
  public let byteRange: Range<Int>
}

/// A GGUF file: settings and named tensors in a memory-mapped file, its header checked in full.
///
/// Versions 2 and 3, little-endian: magic, version, counts, settings, descriptions of tensors, and
/// the tensors, each at a multiple of `general.alignment`. Source: ggml-org/ggml, `docs/gguf.md`.
public struct GGUF: Sendable {
  /// The mapped file, which holds the tensors' bytes.
  public let file: MappedFile
  public let version: Int
  public let settings: [String: GGUFValue]
  /// The tensors in the order of their bytes.
  public let tensors: [GGUFTensor]

  private let index: [String: Int]

  /// Maps the file at `path` and checks its header.
  public init(path: String) throws(ModelFileError) {
    let file: MappedFile
    do throws(FileError) { file = try MappedFile(path: path) } catch {
      throw ModelFileError(.file(error), path: path)
    }
    try self.init(file)
  }

  /// Checks the header of a mapped file.
  public init(_ file: MappedFile) throws(ModelFileError) {
    self.file = file
    let header = try GGUFHeader(file)
    version = header.version
    settings = header.settings
    tensors = header.tensors
    index = Dictionary(uniqueKeysWithValues: zip(tensors.map(\.name), tensors.indices))
  }

  /// Whether a file begins as GGUF files do.
  public static func isGGUF(_ file: MappedFile) -> Bool { file.bytes.starts(with: magic) }

  static let magic = Array("GGUF".utf8)

  /// The tensor called `name`.
  public subscript(name: String) -> GGUFTensor? { index[name].map { tensors[$0] } }

  /// The bytes of a tensor of this file. Valid while `file` lives.
  public func bytes(of tensor: GGUFTensor) -> UnsafeRawBufferPointer {
    precondition(tensor.byteRange.upperBound <= file.bytes.count)
    return UnsafeRawBufferPointer(rebasing: file.bytes[tensor.byteRange])
  }
}

extension GGUF {
  /// A setting that is a whole number from 1 to a limit.
  public func integer(_ key: String, upTo limit: Limit) throws(ModelFileError) -> Int {
    switch settings[key] {
    case .integer(let value):
      if let problem = limit.problem(ofSize: value) { throw refusal(key, problem) }
      return value
    case let value?: throw refusal(key, "must be an integer, not \(value.kind)")
    case nil: throw ModelFileError(.missing, path: file.path, field: key, "is missing")
    }
  }

  /// A setting that is a number within `range`.
  public func number(
    _ key: String, in range: ClosedRange<Double>
  ) throws(ModelFileError) -> Double {
    switch settings[key] {
    case .number(let value):
      guard range ~= value else {
        throw refusal(key, "must be from \(range.lowerBound) to \(range.upperBound), not \(value)")
      }
      return value
    case let value?: throw refusal(key, "must be a number, not \(value.kind)")
    case nil: throw ModelFileError(.missing, path: file.path, field: key, "is missing")
    }
  }

  /// A setting that is a token's number; nil where there is none of this name, or the number is none that a
  /// token can have.
  public func token(_ key: String) throws(ModelFileError) -> Int32? {
    switch settings[key] {
    case .integer(let value): return value < 0 ? nil : Int32(exactly: value)
    case let value?: throw refusal(key, "must be an integer, not \(value.kind)")
    case nil: return nil
    }
  }

  /// A setting that is a text; nil where there is none of this name.
  public func string(_ key: String) throws(ModelFileError) -> String? {
    switch settings[key] {
    case .string(let text): return text
    case let value?: throw refusal(key, "must be a string, not \(value.kind)")
    case nil: return nil
    }
  }

  /// A setting that is true or false; nil where there is none of this name.
  public func boolean(_ key: String) throws(ModelFileError) -> Bool? {
    switch settings[key] {
    case .boolean(let truth): return truth
    case let value?: throw refusal(key, "must be true or false, not \(value.kind)")
    case nil: return nil
    }
  }

  /// A setting that is a list of texts; nil where there is none of this name.
  public func strings(_ key: String) throws(ModelFileError) -> [String]? {
    switch settings[key] {
    case .array(let array):
      guard array.count <= Self.listLimit, let strings = array.strings() else {
        throw refusal(key, "must be an array of up to \(Self.listLimit) strings in UTF-8")
      }
      return strings
    case let value?: throw refusal(key, "must be an array, not \(value.kind)")
    case nil: return nil
    }
  }

  /// A setting that is a list of integers; nil where there is none of this name.
  public func integers(_ key: String) throws(ModelFileError) -> [Int]? {
    switch settings[key] {
    case .array(let array):
      guard array.count <= Self.listLimit, let integers = array.integers() else {
        throw refusal(key, "must be an array of up to \(Self.listLimit) integers")
      }
      return integers
    case let value?: throw refusal(key, "must be an array, not \(value.kind)")
    case nil: return nil
    }
  }

  /// The most elements of a list that is read: as many as a vocabulary may have.
  private static let listLimit = 1 << 22

  private func refusal(_ key: String, _ detail: String) -> ModelFileError {
    ModelFileError(.invalid, path: file.path, field: key, detail)
  }
}
