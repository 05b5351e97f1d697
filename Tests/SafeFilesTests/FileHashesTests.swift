import Foundation
import Testing

@testable import SafeFiles

@Suite struct FileHashesTests {
  let directory: TemporaryDirectory
  let store: BlobStore
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    store = BlobStore(folder: directory("cache"))
    path = directory("weights")
    try AtomicWrite.write("old", to: path)
  }

  @Test func theHashIsTheOneOfTheContents() throws {
    let hashes = FileHashes(store: store)
    #expect(try hashes.sha256(ofFile: path) == ContentHash.sha256(of: "old"))
    #expect(try FileHashes().sha256(ofFile: path) == ContentHash.sha256(of: "old"))
    #expect(throws: FileError(.missing, path: directory("none"))) {
      try hashes.sha256(ofFile: directory("none"))
    }
  }

  @Test func aFileChangedJustNowIsNotRemembered() throws {
    let hashes = FileHashes(store: store)
    _ = try hashes.sha256(ofFile: path)
    #expect(store.entries().isEmpty)
    try AtomicWrite.write("new", to: path)
    #expect(try hashes.sha256(ofFile: path) == ContentHash.sha256(of: "new"))
  }

  @Test func whatIsRememberedIsNotReadAgain() throws {
    try remember("0123456789abcdef")
    #expect(try FileHashes(store: store).sha256(ofFile: path).hasPrefix("0123456789abcdef"))
    #expect(
      try FileHashes(store: store, verifies: true).sha256(ofFile: path)
        == ContentHash.sha256(of: "old"))
  }

  @Test func aChangedFileIsReadAgain() throws {
    try remember("0123456789abcdef")
    try AtomicWrite.write("two", to: path)  // Of the same length.
    #expect(try FileHashes(store: store).sha256(ofFile: path) == ContentHash.sha256(of: "two"))
  }

  @Test func aFileWithItsOldTimeSetAgainIsReadAgain() throws {
    try remember("0123456789abcdef")
    let old = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate]
    try Data("two".utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes(
      [.modificationDate: #require(old)], ofItemAtPath: path)
    #expect(try FileHashes(store: store).sha256(ofFile: path) == ContentHash.sha256(of: "two"))
  }

  @Test func rubbishThatIsRememberedIsIgnored() throws {
    try remember("not a digest", fill: "?")
    #expect(try FileHashes(store: store).sha256(ofFile: path) == ContentHash.sha256(of: "old"))
  }

  @Test func aCancelledTaskReadsNothing() async {
    let path = path
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try FileHashes().sha256(ofFile: path)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  /// Lets the file be remembered, then puts another digest in that place.
  private func remember(_ digest: String, fill: String = "0") throws {
    // The time of the last change cannot be set, so the present is.
    var later = FileHashes(store: store)
    later.now = { FileIdentity.now() + 3_000_000_000 }
    _ = try later.sha256(ofFile: path)
    let key = try #require(store.entries().first).key
    let digest = digest.padding(toLength: 64, withPad: fill, startingAt: 0)
    #expect(Array(digest.utf8).withUnsafeBytes { store.write(key, $0) })
  }
}
