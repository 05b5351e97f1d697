#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

public import InputLimits

/// Reads whole files up to a stated size; whatever a file claims, never more than that.
public enum BoundedReader {
  /// As `bytes(path:limit:)` with a number; messages name the limit.
  public static func bytes(path: String, limit: Limit) throws(FileError) -> [UInt8] {
    do throws(FileError) { return try bytes(path: path, limit: limit.value) } catch {
      throw error.naming(limit)
    }
  }

  /// The bytes of the file at `path`.
  ///
  /// - Throws: `FileError` when it is missing, not a regular file, or longer than `limit`, even if
  ///   it grows while it is read.
  public static func bytes(path: String, limit: Int) throws(FileError) -> [UInt8] {
    let file = try OpenFile(path, flags: O_RDONLY | O_NONBLOCK)
    let size = try file.identity(path: path).size
    guard size <= limit else { throw FileError(.tooLarge(size: size, limit: limit), path: path) }
    var contents: [UInt8] = []
    contents.reserveCapacity(size + 1)
    try append(file.descriptor, to: &contents, path: path, limit: limit) { read in
      max(size - read, 0) + 1
    }
    return contents
  }

  /// The bytes of standard input up to its end.
  ///
  /// - Parameter name: what messages call it.
  /// - Throws: `FileError` when it is longer than `limit` or cannot be read.
  public static func standardInput(name: String, limit: Int) throws(FileError) -> [UInt8] {
    var contents: [UInt8] = []
    try append(STDIN_FILENO, to: &contents, path: name, limit: limit) { _ in 1 << 16 }
    return contents
  }

  /// As `standardInput(name:limit:)` with a number; messages name the limit.
  public static func standardInput(name: String, limit: Limit) throws(FileError) -> [UInt8] {
    do throws(FileError) { return try standardInput(name: name, limit: limit.value) } catch {
      throw error.naming(limit)
    }
  }

  /// - Parameter chunk: how much to ask for after so many bytes.
  private static func append(
    _ descriptor: Int32, to contents: inout [UInt8], path: String, limit: Int,
    chunk: (Int) -> Int
  ) throws(FileError) {
    while true {
      var bytes = [UInt8](repeating: 0, count: chunk(contents.count))
      let count = read(descriptor, &bytes, bytes.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw lastError("read", path) }
      if count == 0 { return }
      guard contents.count + count <= limit else {
        throw FileError(.tooLarge(size: contents.count + count, limit: limit), path: path)
      }
      contents.append(contentsOf: bytes[..<count])
    }
  }

  /// As `text(path:limit:)` with a number; messages name the limit.
  public static func text(path: String, limit: Limit) throws(FileError) -> String {
    try text(of: bytes(path: path, limit: limit), path: path)
  }

  /// The text of the file at `path`, which must be UTF-8. A leading byte order mark is dropped.
  public static func text(path: String, limit: Int) throws(FileError) -> String {
    try text(of: bytes(path: path, limit: limit), path: path)
  }

  /// The text that bytes of a file or of standard input are; as `text(path:limit:)`.
  public static func text(of bytes: [UInt8], path: String) throws(FileError) -> String {
    var contents = bytes
    if contents.starts(with: [0xEF, 0xBB, 0xBF]) { contents.removeFirst(3) }
    guard let text = String(validating: contents, as: UTF8.self) else {
      throw FileError(.notUTF8(offset: firstInvalidOffset(contents)), path: path)
    }
    return text
  }

  private static func firstInvalidOffset(_ bytes: [UInt8]) -> Int {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var offset = 0
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      offset += UTF8.width(scalar)
    }
    return offset
  }
}
