import Decompression
import Foundation
import InputLimits
import Parquet
import Paths
import SafeFiles

/// The files that a path of a notebook leads to: one, those below a folder, or those that a pattern fits;
/// of UTF-8 text, compressed or not, or of Parquet with a column of texts.
struct TextFiles {
  /// As messages and keys call them, from the folder that `text` starts in; in the order in which they are
  /// read.
  let names: [String]
  /// Whether the path stands for any number of files, whose texts are joined.
  let areMany: Bool
  /// Whether it is no file, but what the program reads.
  var isStandardInput: Bool { names == [StandardInput.name] && path(of: names[0]) == names[0] }
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
    let folder = NamedPath.start(of: text, in: folder)
    self.folder = folder
    guard !StandardInput.isMeant(by: text) else {
      names = [text]
      areMany = false
      return
    }
    guard let patterns = FileListing.alternatives(of: text) else {
      throw FileError(.tooMany(limit: 1000), path: text)
    }
    if patterns.count > 1, !Self.exists(text, in: folder) {
      var names: [String] = []
      var known: Set<PathKey> = []
      for pattern in patterns {
        let found = try Self.names(pattern, in: folder)
        guard found.areMany || Self.exists(pattern, in: folder) else {
          throw FileError(.missing, path: pattern)
        }
        names += found.names.filter { known.insert(PathKey($0)).inserted }
      }
      self.names = names
      areMany = true
    } else {
      let found = try Self.names(text, in: folder)
      names = found.names
      areMany = found.areMany
    }
    guard !names.isEmpty else { throw FileError(.missing, path: text) }
    for name in names { _ = try NamedPath.resolve(name, in: folder) }
  }

  private static func exists(_ text: String, in folder: String) -> Bool {
    guard let path = try? NamedPath.resolve(text, in: folder) else { return false }
    return FileManager.default.fileExists(atPath: path)
  }

  /// What a path without braces stands for, and whether that may be any number of files.
  private static func names(
    _ text: String, in folder: String
  ) throws(FileError) -> (names: [String], areMany: Bool) {
    let path = try place(of: text, in: folder)
    if FileListing.isFolder(path) {
      let prefix = text.endsWithSlash ? text : text + "/"
      return (try FileListing.files(below: path, where: isText).map { prefix + $0 }, true)
    }
    if FileListing.isPattern(text), !FileManager.default.fileExists(atPath: path) {
      return (try FileListing.files(fitting: text, in: folder), true)
    }
    return ([text], false)
  }

  /// Where a path or a pattern leads. No name that a pattern stands for is looked up outside of what may be
  /// read.
  private static func place(of text: String, in folder: String) throws(FileError) -> String {
    let parts = text.pathParts
    guard let first = parts.firstIndex(where: { FileListing.isPattern(String($0)) }) else {
      return try NamedPath.resolve(text, in: folder)
    }
    let start = parts[..<first].joined(separator: "/")
    do throws(FileError) {
      _ = try NamedPath.resolve(start.isEmpty ? (first > 0 ? "/" : ".") : start, in: folder)
    } catch {
      // What it leads to is a folder.
      guard case .outside(let place?) = error.code else { throw error }
      throw FileError(.outside(place: place.endsWithSlash ? place : place + "/"), path: text)
    }
    guard !parts[first...].contains("..") else {
      throw FileError(.outside(place: nil), path: text)
    }
    return text.path(from: folder)
  }

  /// Whether a folder's file is one of its texts: `.txt`, also compressed.
  private static func isText(_ name: String) -> Bool {
    var name = name.lowercased()
    if let ending = CompressionFormat(fileName: name)?.ending { name.removeLast(ending.count) }
    return name.hasSuffix(".txt")
  }

  /// Whether a file holds documents, not one text.
  static func hasDocuments(_ name: String) -> Bool { name.lowercased().hasSuffix(".parquet") }

  func path(of name: String) -> String {
    StandardInput.isMeant(by: name) ? name : name.path(from: folder)
  }

  /// The text that the files hold.
  ///
  /// - Parameter column: of Parquet files; nil for `text`, or the only one of texts.
  /// - Throws: `FileError`, `DamagedText`, `CancellationError`.
  func text(
    join: DocumentJoin, column: String? = nil, limit: Int = Limit.corpusBytes.value
  ) throws -> String {
    guard !isStandardInput else { return try Self.standardInput(limit: limit) }
    guard areJoined else { return try Self.text(of: path(of: names[0]), limit: limit) }
    var joined = JoinedText(join, limit: limit)
    for name in names {
      let path = path(of: name)
      func add(_ document: UnsafeRawBufferPointer?) throws {
        do throws(JoinedText.TooLarge) { try joined.append(document) } catch {
          throw FileError(.tooLarge(size: limit + 1, limit: limit, name: .corpusBytes), path: path)
        }
      }
      if Self.hasDocuments(name) {
        try Self.forEachDocument(of: path, column: column, add)
      } else {
        try Array(Self.text(of: path, limit: limit).utf8).withUnsafeBytes(add)
      }
    }
    return try joined.text(named: names[0])
  }

  /// Gives the texts of a column; where none is named, of `text` or of the only column of texts.
  private static func forEachDocument(
    of path: String, column: String?, _ body: (UnsafeRawBufferPointer?) throws -> Void
  ) throws {
    let file = try MappedFile(path: path)
    defer { withExtendedLifetime(file) {} }
    do {
      let parquet = try ParquetFile(file.bytes)
      let texts = parquet.textColumns
      let usual = texts.count == 1 ? texts[0] : "text"
      try parquet.forEachText(in: column ?? (texts.contains("text") ? "text" : usual), body)
    } catch let error as ParquetError {
      throw DamagedText(path: path, reason: error.description, help: error.help)
    }
  }

  private static func text(of path: String, limit: Int) throws -> String {
    guard let format = CompressionFormat(fileName: path) else {
      do throws(FileError) { return try BoundedReader.text(path: path, limit: limit) } catch {
        throw error.naming(.corpusBytes)
      }
    }
    let file = try MappedFile(path: path)
    defer { withExtendedLifetime(file) {} }
    return try text(of: file.bytes, in: format, path: path, limit: limit)
  }

  /// What standard input holds; having no name, it shows by its first bytes whether it is compressed.
  private static func standardInput(limit: Int) throws -> String {
    let bytes = try StandardInput.bytes(limit: limit)
    guard let format = CompressionFormat(beginning: bytes) else {
      return try BoundedReader.text(of: bytes, path: "<stdin>")
    }
    return try bytes.withUnsafeBytes { try text(of: $0, in: format, path: "<stdin>", limit: limit) }
  }

  private static func text(
    of bytes: UnsafeRawBufferPointer, in format: CompressionFormat, path: String, limit: Int
  ) throws -> String {
    do {
      return try BoundedReader.text(of: format.decompressed(bytes, limit: limit), path: path)
    } catch let error as DecompressionError {
      var isTooLarge = false
      if case .tooLarge = error.code { isTooLarge = true }
      throw DamagedText(
        path: path, reason: error.description, help: isTooLarge ? Limit.corpusBytes.cure : nil)
    }
  }
}
