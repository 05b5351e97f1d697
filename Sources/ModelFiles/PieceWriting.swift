import SafeFiles

/// Writes a file piece by piece, each made when the one before is written.
enum PieceWriting {
  /// The pieces of what has to have `byteCount` bytes together.
  static func pieces(
    _ pieces: [() throws -> [UInt8]], of byteCount: Int
  ) -> [() throws -> [UInt8]] {
    var made = 0
    return pieces.enumerated().map { index, piece in
      {
        let bytes = try piece()
        made += bytes.count
        precondition(index < pieces.count - 1 ? made <= byteCount : made == byteCount)
        return bytes
      }
    }
  }

  /// - Parameter replacing: whether a file that is there is replaced.
  /// - Throws: `FileError`; what making a piece throws; `CancellationError` between pieces. The file is
  ///   then as it was.
  static func write(
    _ pieces: [() throws -> [UInt8]], to path: String, replacing: Bool
  ) throws {
    var failure: (any Error)?
    func append(
      to append: (UnsafeRawBufferPointer) throws(FileError) -> Void
    ) throws(FileError) {
      for piece in pieces {
        let bytes: [UInt8]
        do {
          try Task.checkCancellation()
          bytes = try piece()
        } catch {
          failure = error
          throw FileError(.notAFile, path: path)  // Only ends the writing.
        }
        var fault: FileError?
        bytes.withUnsafeBytes { buffer in
          do throws(FileError) { try append(buffer) } catch { fault = error }
        }
        if let fault { throw fault }
      }
    }
    do throws(FileError) {
      if replacing {
        try AtomicWrite.write(to: path) { (write) throws(FileError) in try append(to: write) }
      } else {
        try AtomicWrite.create(at: path) { (write) throws(FileError) in try append(to: write) }
      }
    } catch { throw failure ?? error }
  }
}
