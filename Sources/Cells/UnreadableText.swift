import Decompression
import Paths
import SafeFiles

/// What can be done with a file that should be a text and is none.
enum UnreadableText {
  /// - Parameter folder: where the relative paths of messages start.
  /// - Returns: nil for what has another cause than what the file holds.
  static func help(for error: FileError, in folder: String) -> String? {
    guard case .notUTF8 = error.code else { return nil }
    let name = error.path
    if CompressionFormat(fileName: name) != nil {
      return "decompress it, and convert what comes out: iconv -f LATIN1 -t UTF-8"
    }
    let path = name.path(from: folder)
    guard let file = try? MappedFile(path: path) else { return nil }
    defer { withExtendedLifetime(file) {} }
    if let format = CompressionFormat(beginning: file.bytes), let ending = format.ending {
      return
        "it is compressed by \(format.rawValue): give \(quoted(name)) a name that ends with \(ending)"
    }
    let kind = kinds.first { file.bytes.starts(with: $0.magic) }
    return kind?.help(quoted(name))
      ?? "texts are read in UTF-8; if it is in Latin-1: iconv -f LATIN1 -t UTF-8 \(quoted(name)) > utf8.txt"
  }

  /// What files begin with that are something else.
  private static let kinds: [(magic: [UInt8], help: @Sendable (_ name: String) -> String)] = [
    ([0xFF, 0xFE, 0, 0], { utf("32", $0) }), ([0, 0, 0xFE, 0xFF], { utf("32", $0) }),
    ([0xFF, 0xFE], { utf("16", $0) }), ([0xFE, 0xFF], { utf("16", $0) }),
    (Array("BZh".utf8), { "it is compressed by bzip2, which is not read: bunzip2 -k \($0)" }),
    ([0x04, 0x22, 0x4D, 0x18], { "it is compressed by lz4, which is not read: unlz4 \($0)" }),
    ([0x1F, 0x9D], { "it is compressed by compress, which is not read: uncompress -k \($0)" }),
    (Array("PK\u{3}\u{4}".utf8), { "it is a zip archive, which is not read: unzip \($0)" }),
    (
      [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], { "it is a 7z archive, which is not read: 7z x \($0)" }
    ),
    (Array("PAR1".utf8), { "it is Parquet: give \($0) a name that ends with .parquet" }),
    (Array("%PDF".utf8), { "it is a PDF: pdftotext \($0) has its text" }),
  ]

  private static func utf(_ bits: String, _ name: String) -> String {
    "its byte order mark says UTF-\(bits), and texts are read in UTF-8: "
      + "iconv -f UTF-\(bits) -t UTF-8 \(name) > utf8.txt"
  }

  /// A name as a shell takes it.
  private static func quoted(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy {
      0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || "._-/+".utf8.contains($0)
    }
    return isPlain ? name : "'" + name.replacing("'", with: "'\\''") + "'"
  }
}
