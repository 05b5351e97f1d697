import Decompression
import Foundation
import SafeFiles

/// The files that a path of a notebook leads to: one, those below a folder, or those that a pattern fits;
/// of UTF-8 text, compressed or not.
struct TextFiles {
  /// As messages and keys call them, from the notebook's folder like `text` itself; in the order in which
  /// they are read.
  let names: [String]
  /// Whether the path stands for any number of files, whose texts are joined.
  let areMany: Bool
  private let folder: String

  /// Finds the files.
  ///
  /// - Parameters:
  ///   - text: as the notebook has it. Of what is no pattern or folder, the file need not be there.
  ///   - folder: where relative paths start.
  /// - Throws: `FileError`: `missing` where there is no file below the folder, or none that fits.
  init(_ text: String, in folder: String) throws(FileError) {
    self.folder = folder
    let path = text.hasPrefix("/") ? text : "\(folder)/\(text)"
    if FileListing.isFolder(path) {
      let prefix = text.hasSuffix("/") ? text : text + "/"
      names = try FileListing.files(below: path, where: Self.isText).map { prefix + $0 }
      areMany = true
    } else if FileListing.isPattern(text), !FileManager.default.fileExists(atPath: path) {
      names = try FileListing.files(fitting: text, in: folder)
      areMany = true
    } else {
      names = [text]
      areMany = false
    }
    guard !names.isEmpty else { throw FileError(.missing, path: text) }
  }

  /// Whether a folder's file is one of its texts: `.txt`, also compressed.
  private static func isText(_ name: String) -> Bool {
    var name = name.lowercased()
    if let ending = CompressionFormat(fileName: name)?.ending { name.removeLast(ending.count) }
    return name.hasSuffix(".txt")
  }

  func path(of name: String) -> String { name.hasPrefix("/") ? name : "\(folder)/\(name)" }

  /// The text that the files hold.
  ///
  /// - Throws: `FileError`, `DamagedText`, `CancellationError`.
  func text(join: DocumentJoin, limit: Int = Limits.corpus) throws -> String {
    guard areMany else { return try Self.text(of: path(of: names[0]), limit: limit) }
    var joined = JoinedText(join, limit: limit)
    for name in names {
      let path = path(of: name)
      let text = try Self.text(of: path, limit: limit)
      try Array(text.utf8).withUnsafeBytes { bytes in
        do throws(JoinedText.TooLarge) { try joined.append(bytes) } catch {
          throw FileError(.tooLarge(size: bytes.count, limit: limit), path: path)
        }
      }
    }
    return try joined.text(named: names[0])
  }

  private static func text(of path: String, limit: Int) throws -> String {
    guard let format = CompressionFormat(fileName: path) else {
      return try BoundedReader.text(path: path, limit: limit)
    }
    let file = try MappedFile(path: path)
    defer { withExtendedLifetime(file) {} }
    let bytes: [UInt8]
    do { bytes = try format.decompressed(file.bytes, limit: limit) } catch let error
      as DecompressionError
    { throw DamagedText(path: path, reason: error.description) }
    return try BoundedReader.text(of: bytes, path: path)
  }
}
