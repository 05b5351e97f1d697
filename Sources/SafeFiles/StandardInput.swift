public import InputLimits
import Synchronization

/// Standard input as a text that is named like a file: read once, to its end, for all who ask for it.
public enum StandardInput {
  /// What stands for it where a path may stand, as elsewhere on a command line. `./-` is a file of that name.
  public static let name = "-"

  private static let contents = Mutex<Result<[UInt8], FileError>?>(nil)

  /// Whether a name means standard input, and whoever reads may read it.
  public static func isMeant(by name: String) -> Bool {
    name == Self.name && ReadableFolders.current?.hasStandardInput == true
  }

  /// Its bytes up to its end, which the first who asks waits for.
  ///
  /// - Parameter limit: the most bytes; that of the first who asks counts.
  /// - Throws: `FileError` when it is longer or cannot be read, each time.
  public static func bytes(limit: Int = Limit.corpusBytes.value) throws(FileError) -> [UInt8] {
    try contents.withLock { contents in
      if let contents { return contents }
      let read: Result<[UInt8], FileError>
      do throws(FileError) {
        read = .success(try BoundedReader.standardInput(name: "<stdin>", limit: limit))
      } catch {
        read = .failure(error.naming(.corpusBytes))
      }
      contents = read
      return read
    }.get()
  }
}
