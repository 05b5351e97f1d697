import Decompression
import Foundation
import Parquet
import SafeFiles

/// The files that a path of a notebook leads to: one, those below a folder, or those that a pattern fits;
/// of UTF-8 text, compressed or not, or of Parquet with a column of texts.
struct TextFiles {
  /// As messages and keys call them, from the notebook's folder like `text` itself; in the order in which
  /// they are read.
  let names: [String]
  /// Whether the path stands for any number of files, whose texts are joined.
  let areMany: Bool
  /// Whether there may be more than one text to join: in many files, or as documents in one.
  var areJoined: Bool { areMany || names.contains(where: Self.hasDocuments) }
  private let folder: String

  /// Finds the files.
  ///
  /// - Parameters:
  ///   - text: as the notebook has it. Of what is no pattern or folder, the file need not be there.
  ///   - folder: where relative paths start.
  /// - Throws: `FileError`: `missing` where there is no file below the folder, or none that fits.
  init(_ text: String, in folder: String) throws(FileError) {
    self.folder = folder
    let path = try Self.place(of: text, in: folder)
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
    for name in names { _ = try NamedPath.resolve(name, in: folder) }
  }

  /// Where a path or a pattern leads. No name that a pattern stands for is looked up outside of what may be
  /// read.
  private static func place(of text: String, in folder: String) throws(FileError) -> String {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let first = parts.firstIndex(where: { FileListing.isPattern(String($0)) }) else {
      return try NamedPath.resolve(text, in: folder)
    }
    let start = parts[..<first].joined(separator: "/")
    let above = try NamedPath.resolve(
      start.isEmpty ? (first > 0 ? "/" : ".") : start, in: folder)
    guard !parts[first...].contains("..") else {
      throw FileError(.outside(place: above), path: text)
    }
    return text.hasPrefix("/") ? text : "\(folder)/\(text)"
  }

  /// Whether a folder's file is one of its texts: `.txt`, also compressed.
  private static func isText(_ name: String) -> Bool {
    var name = name.lowercased()
    if let ending = CompressionFormat(fileName: name)?.ending { name.removeLast(ending.count) }
    return name.hasSuffix(".txt")
  }

  /// Whether a file holds documents, not one text.
  static func hasDocuments(_ name: String) -> Bool { name.lowercased().hasSuffix(".parquet") }

  func path(of name: String) -> String { name.hasPrefix("/") ? name : "\(folder)/\(name)" }

  /// The text that the files hold.
  ///
  /// - Throws: `FileError`, `DamagedText`, `CancellationError`.
  func text(join: DocumentJoin, limit: Int = Limits.corpus) throws -> String {
    guard areJoined else { return try Self.text(of: path(of: names[0]), limit: limit) }
    var joined = JoinedText(join, limit: limit)
    for name in names {
      let path = path(of: name)
      func add(_ document: UnsafeRawBufferPointer?) throws {
        do throws(JoinedText.TooLarge) { try joined.append(document) } catch {
          throw FileError(.tooLarge(size: limit + 1, limit: limit), path: path)
        }
      }
      if Self.hasDocuments(name) {
        try Self.forEachDocument(of: path, add)
      } else {
        try Array(Self.text(of: path, limit: limit).utf8).withUnsafeBytes(add)
      }
    }
    return try joined.text(named: names[0])
  }

  /// Gives the texts of the column `text`, or of the only column of texts.
  private static func forEachDocument(
    of path: String, _ body: (UnsafeRawBufferPointer?) throws -> Void
  ) throws {
    let file = try MappedFile(path: path)
    defer { withExtendedLifetime(file) {} }
    do {
      let parquet = try ParquetFile(file.bytes)
      let columns = parquet.textColumns
      guard let column = columns.contains("text") ? "text" : columns.first,
        column == "text" || columns.count == 1
      else {
        throw DamagedText(
          path: path,
          reason: columns.isEmpty
            ? "it has no column of texts, only " + parquet.columns.joined(separator: ", ")
            : "none of its columns of texts is called 'text': " + columns.joined(separator: ", "))
      }
      try parquet.forEachText(in: column, body)
    } catch let error as ParquetError {
      throw DamagedText(path: path, reason: error.description)
    }
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
