#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reads whole files up to a stated size; whatever a file claims, never more than that.
public enum BoundedReader {
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
    while true {
      var chunk = [UInt8](repeating: 0, count: max(size - contents.count, 0) + 1)
      let count = read(file.descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw lastError("read", path) }
      if count == 0 { return contents }
      guard contents.count + count <= limit else {
        throw FileError(.tooLarge(size: contents.count + count, limit: limit), path: path)
      }
      contents.append(contentsOf: chunk[..<count])
    }
  }

  /// The text of the file at `path`, which must be UTF-8. A leading byte order mark is dropped.
  public static func text(path: String, limit: Int) throws(FileError) -> String {
    var contents = try bytes(path: path, limit: limit)
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
