import Foundation
import Paths
import SafeFiles

/// A repository in the cache folder, as huggingface_hub lays it out:
///
///     models--owner--name/
///       refs/main                        the commit that a revision stood for
///       snapshots/<commit>/config.json   a link to ../../blobs/<etag>; one more ../ for each folder
///       blobs/<etag>                     contents by their ETag
///       .no_exist/<commit>/<file>        an empty file: the repository has no such file
///     .locks/models--owner--name/<etag>.lock
struct HubCache: Sendable {
  let folder: String
  /// Of the repository.
  let path: String
  private let locks: String

  /// What is known of a file without asking the Hub.
  enum Entry: Hashable, Sendable {
    /// It is there, at this path.
    case present(String)
    /// The repository has none.
    case absent
    case unknown
  }

  /// - Parameter repository: `owner/name`; `name.repository` or one of its former names.
  init(folder: String, kind: HubRepositoryKind, repository: String) {
    let name = ([kind.plural] + repository.pathNames.map(String.init))
      .joined(separator: "--")
    self.folder = folder
    path = "\(folder)/\(name)"
    locks = "\(folder)/.locks/\(name)"
  }

  /// Whether there is anything of the repository.
  var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// The commit that a revision stands for here; nil where that is not known.
  func commit(of revision: String) -> String? {
    let reference = try? BoundedReader.text(path: "\(path)/refs/\(revision)", limit: 1 << 10)
    let commit = reference ?? revision
    return HubName.isCommit(commit) ? commit : nil
  }

  func snapshot(_ commit: String) -> String { "\(path)/snapshots/\(commit)" }

  func entry(_ file: String, at commit: String) -> Entry {
    let place = "\(snapshot(commit))/\(file)"
    if Self.isFile(place) { return .present(place) }
    return Self.isFile("\(path)/.no_exist/\(commit)/\(file)") ? .absent : .unknown
  }

  /// Where a file of a snapshot is; nil where it is not there.
  func path(of file: String, at commit: String) -> String? {
    if case .present(let path) = entry(file, at: commit) { path } else { nil }
  }

  /// Bytes of a file, also by way of a link; nil where it cannot be looked at.
  func size(of path: String) -> Int? { (try? MappedFile(path: path))?.identity.size }

  /// Whether a file has the size and the hash that the Hub gives for it. Reads all of it.
  ///
  /// - Throws: `CancellationError`.
  func has(_ metadata: HubMetadata, at path: String) throws -> Bool {
    // What cannot be read is as good as damaged.
    guard let file = try? MappedFile(path: path) else { return false }
    return try metadata.size ?? file.bytes.count == file.bytes.count && metadata.etag.fits(file)
  }

  func blob(_ etag: HubETag) -> String { "\(path)/blobs/\(etag.text)" }

  func hasBlob(_ etag: HubETag) -> Bool { Self.isFile(blob(etag)) }

  /// How many bytes of a blob are here, whole or not.
  func bytesPresent(of etag: HubETag) -> Int {
    [blob(etag), incompletePath(etag)].compactMap {
      try? FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int
    }.first ?? 0
  }

  /// What is there of a blob that is not whole.
  func incompletePath(_ etag: HubETag) -> String { blob(etag) + ".incomplete" }

  func lockPath(_ etag: HubETag) -> String { "\(locks)/\(etag.text).lock" }

  /// Makes the folders that a blob, its lock and a snapshot need.
  func makeFolders(commit: String) throws(FileError) {
    try AtomicWrite.makeDirectory("\(path)/blobs")
    try AtomicWrite.makeDirectory(locks)
    try AtomicWrite.makeDirectory(snapshot(commit))
  }

  /// Makes `file` of a snapshot lead to a blob.
  func link(_ file: String, at commit: String, to etag: HubETag) throws(FileError) {
    let place = "\(snapshot(commit))/\(file)"
    let folders = file.pathNames.count - 1
    let target = String(repeating: "../", count: 2 + folders) + "blobs/\(etag.text)"
    let found = try? FileManager.default.destinationOfSymbolicLink(atPath: place)
    guard found != target else { return }
    try AtomicWrite.makeDirectory((place as NSString).deletingLastPathComponent)
    try SymbolicLink.write(target, at: place)
  }

  /// Remembers that the repository has no such file.
  func noteAbsence(of file: String, at commit: String) throws(FileError) {
    guard entry(file, at: commit) == .unknown else { return }
    try AtomicWrite.makeDirectory("\(path)/.no_exist/\(commit)")
    try AtomicWrite.write("", to: "\(path)/.no_exist/\(commit)/\(file)")
  }

  /// Remembers which commit a revision stands for.
  func note(_ commit: String, as revision: String) throws(FileError) {
    guard revision != commit, self.commit(of: revision) != commit else { return }
    let place = "\(path)/refs/\(revision)"
    try AtomicWrite.makeDirectory((place as NSString).deletingLastPathComponent)
    try AtomicWrite.write(commit, to: place)
  }

  private static func isFile(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
      && !isDirectory.boolValue
  }
}
