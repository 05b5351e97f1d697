#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

public import Paths

/// The folders and files that may be read on behalf of a text that is not trusted, such as a notebook.
///
/// It decides twice. ``path(of:in:)`` judges a name before anything is looked at; and while it is
/// `current`, whatever the engine opens for reading is judged again once it is open, so that neither a
/// link inside a model's folder nor one that was put there meanwhile leads elsewhere.
public struct ReadableFolders: Sendable {
  /// What holds for the task; nil where everything may be read that the user may read.
  @TaskLocal public static var current: ReadableFolders?

  /// Real paths.
  private let roots: [String]
  /// Folders by the names that start there where they name nothing in the notebook's.
  private let starts: [PathKey: String]

  /// Whether standard input may be read as a text.
  public let hasStandardInput: Bool

  /// Shows what the system is and does, and may do something when it is read; open only by their own names.
  private static let systemFolders = ["/proc", "/sys", "/dev"]

  /// Whether a place, a real path, is where the system shows what it is and does.
  public static func isOfSystem(_ place: String) -> Bool {
    systemFolders.contains { place.isPath(atOrBelow: $0) }
  }

  /// - Parameters:
  ///   - roots: paths of folders, of which all is open, and of files. What is not there yet is open once it
  ///     is, as a cache is that the first download makes, unless a link takes its place.
  ///   - starts: folders by names: what the user named and what lies where he stands. Such a name starts there,
  ///     unless it names something where it would start without.
  ///   - hasStandardInput: whether ``StandardInput`` may be read.
  public init(
    _ roots: [String], starts: [PathKey: String] = [:], hasStandardInput: Bool = false
  ) {
    self.starts = starts
    self.roots = roots.compactMap { try? Self.place(of: $0, called: $0) }
    self.hasStandardInput = hasStandardInput
  }

  /// Runs `body` with these folders as `current`.
  public func whileReading<Result, Failure>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try Self.with(self, body)
  }

  /// Runs `body`, which reads files that no notebook names, such as the user's settings.
  public static func withoutLimits<Result, Failure>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try with(nil, body)
  }

  private static func with<Value, Failure>(
    _ folders: Self?, _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let result: Result<Value, Failure> = $current.withValue(folders) {
      do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// The path that a name leads to by the current folders; without any, wherever it leads.
  ///
  /// - Parameters:
  ///   - name: a relative or an absolute path; there need not be anything.
  ///   - folder: where a relative one starts.
  /// - Throws: `FileError` with `outside`, with `notAFile` for devices, pipes and sockets, or with `unnamed`.
  public static func currentPath(of name: String, in folder: String) throws(FileError) -> String {
    if let current { return try current.path(of: name, in: folder) }
    guard !name.utf8.isEmpty else { throw FileError(.unnamed, path: name) }
    return name.path(from: folder)
  }

  /// The folder that a relative name or a pattern starts in by the current folders: `folder`, but for what the
  /// user named that lies elsewhere.
  public static func currentStart(of name: String, in folder: String) -> String {
    current?.start(of: name, in: folder) ?? folder
  }

  private func start(of name: String, in folder: String) -> String {
    guard let start = starts[PathKey(name)], !DirectoryListing.exists(name.path(from: folder))
    else {
      return folder
    }
    return start
  }

  /// The path that a name leads to, as `currentPath(of:in:)`.
  public func path(of name: String, in folder: String) throws(FileError) -> String {
    guard !name.utf8.isEmpty else { throw FileError(.unnamed, path: name) }
    guard !name.utf8.contains(0) else { throw FileError(.missing, path: name) }
    let path = name.path(from: start(of: name, in: folder))
    let place = try Self.place(of: path, called: name)
    guard isOpen(place) else { throw FileError(.outside(place: place), path: name) }
    var status = stat()
    guard stat(place, &status) == 0 else { return path }
    guard [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) else {
      throw FileError(.notAFile, path: name)
    }
    return path
  }

  /// Judges a file that has been opened.
  ///
  /// - Throws: `FileError` with `outside`: also where the path has come to lead to another file.
  func check(_ status: stat, openedAt path: String) throws(FileError) {
    var found = stat()
    guard let place = canonicalPath(path), isOpen(place), lstat(place, &found) == 0,
      found.st_dev == status.st_dev, found.st_ino == status.st_ino
    else { throw FileError(.outside(place: canonicalPath(path)), path: path) }
  }

  /// The real path of the deepest part that exists, and the rest after it.
  private static func place(of path: String, called name: String) throws(FileError) -> String {
    var existing = path
    var rest = ""
    while true {
      if let real = canonicalPath(existing.isEmpty ? "/" : existing) {
        return real == "/" && !rest.isEmpty ? rest : real + rest
      }
      var status = stat()
      // What leads nowhere yet could be made to lead anywhere by the time that it is opened.
      let isLink = lstat(existing, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
      guard !isLink, let above = existing.beforeLastSlash else {
        throw FileError(.outside(place: nil), path: name)
      }
      let last = existing.afterLastSlash
      guard last != ".." else { throw FileError(.outside(place: nil), path: name) }
      if !last.isEmpty, last != "." { rest = "/\(last)\(rest)" }
      existing = String(above)
    }
  }

  /// - Parameter place: a real path.
  private func isOpen(_ place: String) -> Bool {
    let system = Self.systemFolders.first { place.isPath(atOrBelow: $0) }
    return roots.contains { root in
      place.isPath(atOrBelow: root) && (system.map(root.isPath(atOrBelow:)) ?? true)
    }
  }
}

/// Without links, `.` and `..`; nil where nothing is at the path.
public func canonicalPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}
