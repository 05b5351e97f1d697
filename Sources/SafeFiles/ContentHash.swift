import Crypto

/// SHA-256 digests as lower-case hexadecimal text, the form in which provenance is stated.
public struct ContentHash {
  private var hasher = SHA256()

  public init() {}

  /// Adds bytes to what is hashed.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    hasher.update(bufferPointer: bytes)
  }

  /// Adds the UTF-8 of a text and a zero byte, so that neighbouring texts cannot run together.
  public mutating func update(_ text: String) {
    hasher.update(data: Array(text.utf8))
    hasher.update(data: [0 as UInt8])
  }

  /// The digest of all that was added, 64 digits.
  public func finalize() -> String { Self.hexadecimal(hasher.finalize()) }

  /// The digest of `bytes`.
  public static func sha256(_ bytes: UnsafeRawBufferPointer) -> String {
    var hash = ContentHash()
    hash.update(bytes)
    return hash.finalize()
  }

  /// The digest of the UTF-8 of `text`.
  public static func sha256(of text: String) -> String {
    hexadecimal(SHA256.hash(data: Array(text.utf8)))
  }

  static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in digest {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
