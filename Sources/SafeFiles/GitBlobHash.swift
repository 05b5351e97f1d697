internal import Crypto

/// The name that git gives to a file's contents: SHA-1 of `blob`, their length, a zero byte, and them.
///
/// Not for contents that somebody wants to pass off as others: SHA-1 is broken for that. Source: Pro Git,
/// section 10.2.
public struct GitBlobHash {
  private var hasher = Insecure.SHA1()

  /// - Parameter size: of the contents, in bytes.
  public init(size: Int) {
    hasher.update(data: Array("blob \(size)".utf8) + [0])
  }

  /// Adds the next bytes of the contents.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    hasher.update(bufferPointer: bytes)
  }

  /// 40 lower-case hexadecimal digits.
  public func finalize() -> String { ContentHash.hexadecimal(hasher.finalize()) }
}
