public import InputLimits

/// What went wrong with a file, and with which one.
public struct FileError: Error, Hashable, Sendable {
  /// The kinds of failure; a caller switches over these and shows `description`.
  public enum Code: Hashable, Sendable {
    /// There is nothing at the path.
    case missing
    /// The path leads to a directory, a device or a pipe.
    case notAFile
    /// A directory is needed and the path leads to something else.
    case notADirectory
    /// There is something at the path where nothing should be.
    case exists
    /// The file holds `size` bytes, more than the `limit` for its kind; by which name that can be set.
    case tooLarge(size: Int, limit: Int, name: Limit? = nil)
    /// The path stands for more than `limit` files.
    case tooMany(limit: Int)
    /// The bytes are not UTF-8; `offset` is that of the first wrong byte.
    case notUTF8(offset: Int)
    /// A relative path that leaves the folder it is confined to.
    case escapes(root: String)
    /// The path leads to a place outside of the folders that may be read; nil where it leads nowhere, as a link
    /// without a target and `..` after a pattern or after what is not there do.
    case outside(place: String?)
    /// The path is empty.
    case unnamed
    /// The operating system refused: the operation and its error number.
    case system(operation: String, errno: Int32)
  }

  public var code: Code
  public var path: String

  public init(_ code: Code, path: String) {
    self.code = code
    self.path = path
  }

  /// With the name of the limit that was met, where one was.
  public func naming(_ limit: Limit) -> Self {
    guard case .tooLarge(let size, let bytes, nil) = code else { return self }
    return Self(.tooLarge(size: size, limit: bytes, name: limit), path: path)
  }
}

extension FileError: CustomStringConvertible {
  /// One sentence without a full stop.
  public var description: String {
    switch code {
    case .missing: "no such file or directory: \(path)"
    case .notAFile: "not a regular file: \(path)"
    case .notADirectory: "not a directory: \(path)"
    case .exists: "file exists: \(path)"
    case .tooLarge(let size, let limit, let name):
      "file of \(size) bytes exceeds the limit of \(limit) bytes: \(path)"
        + (name.map { " (\($0.cure(for: size)))" } ?? "")
    case .tooMany(let limit): "more than \(limit) files: \(path) (\(Limit.files.cure))"
    case .notUTF8(let offset): "not UTF-8 at byte \(offset): \(path)"
    case .outside(nil): "\(path) leads nowhere"
    case .outside(let place?): "\(path) leads to \(place), which may not be read"
    case .unnamed: "the path is empty"
    case .escapes(let root): "path '\(path)' leads out of its folder \(root)"
    case .system(let operation, let number):
      "cannot \(operation) \(path): \(systemMessage(number))"
    }
  }
}
