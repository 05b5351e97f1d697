internal import CLzma
internal import CZlib
internal import CZstd

/// A library that decompresses here.
public struct CompressionLibrary: Hashable, Sendable {
  public var name: String
  /// As the linked library tells it, such as `1.5.4`.
  public var version: String

  /// All of them.
  public static var linked: [Self] {
    [
      Self(name: "zlib", version: String(cString: zlibVersion())),
      Self(name: "zstd", version: String(cString: ZSTD_versionString())),
      Self(name: "lzma", version: String(cString: lzma_version_string())),
    ]
  }
}
