import Foundation
import InputLimits
import SafeFiles
import Testing

@Suite struct FilesTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  @Test func mappingAndReadingAFileGiveWhatWasWritten() throws {
    let path = directory("a.txt")
    try AtomicWrite.write("héllo", to: path)
    let mapped = try MappedFile(path: path)
    #expect(Array(mapped.bytes) == Array("héllo".utf8))
    #expect(try BoundedReader.text(path: path, limit: 100) == "héllo")
    #expect(try mapped.sha256() == ContentHash.sha256(of: "héllo"))
  }

  @Test func theHashIsTheOneOfFIPS180() {
    #expect(
      ContentHash.sha256(of: "abc")
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func anEmptyFileMapsToNothing() throws {
    try AtomicWrite.write("", to: directory("empty"))
    #expect(try MappedFile(path: directory("empty")).bytes.isEmpty)
    #expect(try BoundedReader.bytes(path: directory("empty"), limit: 0) == [])
  }

  @Test func pagesThatWereDiscardedComeBack() throws {
    let contents = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    let path = directory("pages")
    try Data(contents).write(to: URL(filePath: path))
    let mapped = try MappedFile(path: path)
    for range in [0..<100_000, 5000..<5001, 4096..<50_000, 1..<99_999, 7..<7] {
      mapped.discardPages(of: UnsafeRawBufferPointer(rebasing: mapped.bytes[range]))
      #expect(mapped.bytes.elementsEqual(contents))
    }
    // What is no part of the file is passed over, however near.
    let kept = [UInt8](repeating: 3, count: 100_000)
    kept.withUnsafeBytes { mapped.discardPages(of: $0) }
    mapped.discardPages(of: UnsafeRawBufferPointer(start: nil, count: 0))
    #expect(kept.allSatisfy { $0 == 3 })
  }

  @Test func aFileOverTheLimitIsRefused() throws {
    let path = directory("large")
    try AtomicWrite.write("12345", to: path)
    #expect(throws: FileError(.tooLarge(size: 5, limit: 4), path: path)) {
      try BoundedReader.bytes(path: path, limit: 4)
    }
    Limits.with([.weightsBytes: 4, .corpusBytes: 4]) {
      #expect(throws: FileError(.tooLarge(size: 5, limit: 4, name: .weightsBytes), path: path)) {
        try MappedFile(path: path)
      }
      let error = FileError(.tooLarge(size: 5, limit: 4, name: .corpusBytes), path: path)
      #expect(throws: error) { try BoundedReader.text(path: path, limit: .corpusBytes) }
      #expect(
        error.description
          == "file of 5 bytes exceeds the limit of 4 bytes: \(path) (--limit corpus-bytes=8 allows it)"
      )
      #expect(throws: Never.self) { try BoundedReader.text(path: path, limit: .notebookBytes) }
    }
  }

  @Test func whatIsNoFileIsNamedAsSuch() {
    #expect(throws: FileError(.missing, path: directory("none"))) {
      try MappedFile(path: directory("none"))
    }
    #expect(throws: FileError(.notAFile, path: directory.path)) {
      try MappedFile(path: directory.path)
    }
    #expect(throws: FileError(.notAFile, path: "/dev/zero")) {
      try BoundedReader.bytes(path: "/dev/zero", limit: 10)
    }
    #expect(throws: FileError(.missing, path: "a\0b")) { try MappedFile(path: "a\0b") }
  }

  @Test func aTextThatIsNotUTF8IsRefusedWithItsOffset() throws {
    let path = directory("latin1")
    try Data([0x61, 0xC3, 0xA9, 0xE9, 0x62]).write(to: URL(filePath: path))
    #expect(throws: FileError(.notUTF8(offset: 3), path: path)) {
      try BoundedReader.text(path: path, limit: 100)
    }
  }

  @Test func aFailedWriteLeavesTheTargetAndNoRubbish() throws {
    let path = directory("report")
    try AtomicWrite.write("good", to: path)
    let failure = FileError(.missing, path: "input")
    #expect(throws: failure) {
      try AtomicWrite.write(to: path) { (append) throws(FileError) in
        try append(UnsafeRawBufferPointer(start: nil, count: 0))
        throw failure
      }
    }
    #expect(try BoundedReader.text(path: path, limit: 10) == "good")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["report"])
  }

  @Test func aFileThatCannotBeMadeIsCalledByItsOwnName() {
    let path = directory("none/report")
    let error = #expect(throws: FileError.self) { try AtomicWrite.write("text", to: path) }
    #expect(error?.path == path)
  }

  @Test func aProcessThatEndsLeavesNoUnfinishedFile() async throws {
    let path = directory("report")
    try AtomicWrite.write("good", to: path)
    await #expect(processExitsWith: .exitCode(130)) { [path = path as String] in
      try? AtomicWrite.write(to: path) { (append) throws(FileError) in
        try append(UnsafeRawBufferPointer(start: nil, count: 0))
        AtomicWrite.endProcess { _exit(130) }
      }
    }
    #expect(try BoundedReader.text(path: path, limit: 10) == "good")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["report"])
  }

  @Test func directoriesAreMadeWithThoseAboveThem() throws {
    try AtomicWrite.makeDirectory(directory("a/b/c"))
    try AtomicWrite.makeDirectory(directory("a/b/c"))
    try AtomicWrite.write("x", to: directory("a/b/c/d"))
    #expect(throws: FileError(.notADirectory, path: directory("a/b/c/d"))) {
      try AtomicWrite.makeDirectory(directory("a/b/c/d"))
    }
  }

  @Test(arguments: [
    "../x", "/etc/passwd", "a/../../x", "", "a\0b", "out/secret", "dangling",
    "../\u{301}x", "a/../\u{301}x", "/\u{301}x", "twin/secret",
  ])
  func aPathThatLeadsOutIsRefused(_ path: String) throws {
    let root = directory("caf\u{E9}")
    try AtomicWrite.makeDirectory(root)
    try AtomicWrite.makeDirectory(directory("elsewhere"))
    try FileManager.default.createSymbolicLink(
      atPath: root + "/out", withDestinationPath: directory("elsewhere"))
    try FileManager.default.createSymbolicLink(
      atPath: root + "/dangling", withDestinationPath: directory("nowhere"))
    try AtomicWrite.makeDirectory(directory("cafe\u{301}"))
    try FileManager.default.createSymbolicLink(
      atPath: root + "/twin", withDestinationPath: directory("cafe\u{301}"))
    #expect(throws: FileError(.escapes(root: root), path: path)) {
      try ConfinedPath.resolve(path, in: root)
    }
  }

  @Test func aPathInsideResolvesWhetherOrNotItExists() throws {
    try AtomicWrite.write("x", to: directory("here"))
    #expect(try ConfinedPath.resolve("here", in: directory.path) == directory("here"))
    #expect(try ConfinedPath.resolve("new/file", in: directory.path) == directory("new/file"))
  }
}
