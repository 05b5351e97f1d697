import Foundation
@testable import SafeFiles
import Testing

@Suite struct BlobStoreTests {
  let directory: TemporaryDirectory
  let store: BlobStore
  let key = ContentHash.sha256(of: "key")

  init() throws {
    directory = try TemporaryDirectory()
    store = BlobStore(folder: directory("cache"))
  }

  @Test func whatWasWrittenIsReadAndLiesAligned() throws {
    #expect(store.read(key) == nil)
    #expect(write("one"))
    let blob = try #require(store.read(key))
    #expect(Array(blob.bytes) == Array("one".utf8))
    #expect(UInt(bitPattern: blob.bytes.baseAddress) % 64 == 0)
    #expect(write("two"))
    #expect(text() == "two")
    #expect(Array(blob.bytes) == Array("one".utf8), "whoever has read an entry keeps it")
    store.remove(key)
    #expect(store.read(key) == nil)
  }

  @Test func aDamagedEntryIsToldOfOnce() throws {
    #expect(write("one"))
    let path = directory("cache") + "/\(key.prefix(2))/\(key)"
    var damaged = try #require(FileManager.default.contents(atPath: path))
    damaged[damaged.count - 1] ^= 1
    try damaged.write(to: URL(fileURLWithPath: path))
    var told = 0
    #expect(store.read(key, droppedDamage: { told += 1 }) == nil)
    #expect(store.read(key, droppedDamage: { told += 1 }) == nil)
    #expect(told == 1)
  }

  @Test func piecesLieOneAfterTheOther() throws {
    let pieces = Array("abc".utf8)
    pieces.withUnsafeBytes { bytes in
      _ = store.write(
        key,
        [
          UnsafeRawBufferPointer(rebasing: bytes[1...]),
          UnsafeRawBufferPointer(start: nil, count: 0),
          UnsafeRawBufferPointer(rebasing: bytes[..<1]),
        ])
    }
    #expect(text() == "bca")
    #expect(write(""))
    #expect(store.read(key)?.bytes.isEmpty == true)
  }

  @Test func damageAnywhereIsNoticedAndTheEntryRemoved() throws {
    #expect(write("payload"))
    let whole = try Data(contentsOf: file())
    for index in whole.indices {
      var damaged = whole
      damaged[index] ^= 1 << (index % 8)
      try damaged.write(to: file())
      #expect(store.read(key) == nil, "byte \(index)")
      #expect(!FileManager.default.fileExists(atPath: file().path), "byte \(index)")
    }
  }

  @Test func aFileOfAnotherLengthIsNoEntry() throws {
    #expect(write("payload"))
    let whole = try Data(contentsOf: file())
    for length in whole.indices {
      try whole.prefix(length).write(to: file())
      #expect(store.read(key) == nil, "\(length) bytes")
    }
    try (whole + [0]).write(to: file())
    #expect(store.read(key) == nil)
  }

  @Test func anEntryUnderAnotherKeyIsNone() throws {
    #expect(write("payload"))
    let other = key.replacing(key.suffix(1), with: key.hasSuffix("0") ? "1" : "0")
    try FileManager.default.moveItem(at: file(), to: file(other))
    #expect(store.read(other) == nil)
  }

  @Test(arguments: [
    "", "abc", "../../../etc/passwd", String(repeating: "A", count: 64),
    String(repeating: "/", count: 64), String(repeating: "é", count: 32),
  ])
  func whatIsNoKeyHasNoEntry(_ text: String) {
    #expect(!store.write(text, UnsafeRawBufferPointer(start: nil, count: 0)))
    #expect(store.read(text) == nil)
    store.remove(text)
    #expect(store.entries().isEmpty)
  }

  @Test func whereNothingCanBeWrittenNothingIsKept() throws {
    try AtomicWrite.write("a file", to: directory("cache"))
    #expect(!write("x"))
    #expect(store.read(key) == nil)
    #expect(store.entries().isEmpty)
    #expect(store.clean(keeping: 0).isEmpty)
  }

  @Test func aFolderWithoutPermissionKeepsNothing() throws {
    #expect(write("x"))
    let folder = file().deletingLastPathComponent().path
    #expect(chmod(folder, 0o500) == 0)
    defer { chmod(folder, 0o700) }
    guard access(folder, W_OK) != 0 else { return }  // Nothing is forbidden to root.
    #expect(!write("y"))
    #expect(text() == "x")
  }

  @Test func writersAtOnceLeaveOneWholeEntry() async {
    let texts = (0..<4).map { String(repeating: "\($0)", count: 100_000) }
    let (store, key) = (store, key)
    await withTaskGroup(of: Void.self) { group in
      for text in texts {
        group.addTask {
          for _ in 0..<50 {
            Array(text.utf8).withUnsafeBytes { _ = store.write(key, $0) }
            let found = store.read(key).map { String(decoding: $0.bytes, as: UTF8.self) }
            #expect(found.map(texts.contains) != false)
          }
        }
      }
    }
    #expect(text().map(texts.contains) == true)
    #expect(store.entries().count == 1)
  }

  @Test func anotherProcessThatDiesWhileWritingHarmsNothing() throws {
    #expect(write("good"))
    let temporary = file().path + ".0" + AtomicWrite.temporarySuffix
    try Data("half".utf8).write(to: URL(filePath: temporary))
    #expect(text() == "good")
    #expect(store.entries().count == 1)
    store.clean(keeping: 1 << 20)
    #expect(FileManager.default.fileExists(atPath: temporary), "it may still be at work")
    try age(temporary, seconds: 3700)
    store.clean(keeping: 1 << 20)
    #expect(!FileManager.default.fileExists(atPath: temporary))
    #expect(text() == "good")
  }

  @Test func cleaningRemovesWhatWasUsedLongestAgo() throws {
    let keys = (0..<4).map { ContentHash.sha256(of: "\($0)") }
    for (days, key) in keys.enumerated() {
      #expect(write("text", key))
      try age(file(key).path, seconds: Double(days + 2) * 86_400)
    }
    #expect(store.read(keys[3]) != nil, "which makes it the youngest")
    let size = try #require(store.entries().first).bytes
    #expect(Set(store.clean(keeping: 2 * size).map(\.key)) == [keys[1], keys[2]])
    #expect(Set(store.entries().map(\.key)) == [keys[0], keys[3]])
    store.clean(keeping: 0)
    #expect(store.entries().isEmpty)
  }

  @Test func readingAgainTheSameDayWritesNothing() throws {
    #expect(write("text"))
    try age(file().path, seconds: 3600)
    let before = try #require(store.entries().first)
    _ = store.read(key)
    #expect(store.entries() == [before])
  }

  private func write(_ text: String, _ key: String? = nil) -> Bool {
    Array(text.utf8).withUnsafeBytes { store.write(key ?? self.key, $0) }
  }

  private func text() -> String? {
    store.read(key).map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  private func file(_ key: String? = nil) -> URL {
    let key = key ?? self.key
    return URL(filePath: "\(store.folder)/\(key.prefix(2))/\(key)")
  }
}
