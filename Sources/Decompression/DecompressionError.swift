/// Why bytes cannot be decompressed.
public struct DecompressionError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Hashable, Sendable {
    /// They are not of the format, or were changed since.
    case damaged
    /// They end too early.
    case truncated
    /// So many bytes stand after their end.
    case trailingBytes(Int)
    /// They hold more than this many bytes.
    case tooLarge(limit: Int)
    /// Decompressing takes more memory than is given to it.
    case needsMemory
  }

  public var code: Code
  public var format: CompressionFormat

  public init(_ code: Code, _ format: CompressionFormat) {
    self.code = code
    self.format = format
  }

  /// What is wrong, to stand after the name of a file and a colon.
  public var description: String {
    switch code {
    case .damaged: "no \(format.rawValue) data, or damaged"
    case .truncated: "\(format.rawValue) data that ends too early"
    case .trailingBytes(let count): "\(count) bytes after the end of the \(format.rawValue) data"
    case .tooLarge(let limit):
      "\(format.rawValue) data of more than \(limit) bytes when decompressed"
    case .needsMemory:
      "\(format.rawValue) data that takes more memory to decompress than is given to it: decompress it first"
    }
  }
}
