import Dispatch
import Foundation
import Testing

@testable import SafeFiles

@Suite struct AtomicSetTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  private func write(_ text: String, to names: [String]) throws(FileError) {
    try AtomicSet.write(
      names.map { .init(path: $0, contents: Array(text.utf8)) }, in: directory.path)
  }

  private func text(_ name: String) throws -> String {
    try BoundedReader.text(path: directory(name), limit: 100)
  }

  private var names: [String] {
    get throws { try FileManager.default.subpathsOfDirectory(atPath: directory.path).sorted() }
  }

  @Test("files and their folders are made, and replaced")
  func replacing() throws {
    for text in ["one", "two"] {
      try write(text, to: ["a", "folder/b", "c"])
      #expect(try ["a", "folder/b", "c"].map(self.text) == [text, text, text])
      #expect(try names == ["a", "c", "folder", "folder/b"])
    }
  }

  @Test("a folder that is a link to the set's own is locked once")
  func sameFolder() throws {
    try FileManager.default.createSymbolicLink(
      atPath: directory("again"), withDestinationPath: ".")
    try write("one", to: ["a", "again/b"])
    #expect(try text("b") == "one")
  }

  @Test("where one cannot take its place, none has, and nothing is left")
  func place() throws {
    try AtomicWrite.write("old", to: directory("a"))
    try AtomicWrite.makeDirectory(directory("c"))
    let error = #expect(throws: FileError.self) { try write("new", to: ["a", "b", "c"]) }
    #expect(error?.path == directory("c"))
    #expect(try text("a") == "old")
    #expect(try names == ["a", "c"])
  }

  @Test("where one cannot be written, none is replaced, and the message has its own name")
  func staging() throws {
    try AtomicWrite.write("old", to: directory("a"))
    let long = String(repeating: "n", count: 300)
    let error = #expect(throws: FileError.self) { try write("new", to: ["a", long]) }
    #expect(error?.path == directory(long))
    #expect(try text("a") == "old")
    #expect(try names == ["a"])
  }

  @Test("no link leads a file out of the folder")
  func links() throws {
    try AtomicWrite.makeDirectory(directory("set"))
    try FileManager.default.createSymbolicLink(
      atPath: directory("set/folder"), withDestinationPath: directory.path)
    #expect(throws: FileError.self) {
      try AtomicSet.write([.init(path: "folder/a", contents: [])], in: directory("set"))
    }
  }

  @Test("of several writers at once, one's files are there whole")
  func writers() throws {
    let names = (0..<6).map { "folder-\($0 % 2)/\($0)" }
    DispatchQueue.concurrentPerform(iterations: 8) { [folder = directory.path] writer in
      for _ in 0..<5 {
        try? AtomicSet.write(
          names.map { .init(path: $0, contents: Array("\(writer)".utf8)) }, in: folder)
      }
    }
    #expect(try Set(names.map(text)).count == 1)
    #expect(try self.names == (["folder-0", "folder-1"] + names).sorted())
  }

  @Test("temporary files of a set that is being written are nobody's to remove")
  func abandoned() throws {
    let temporary = directory("a.x\(AtomicWrite.temporarySuffix)")
    try Data().write(to: URL(fileURLWithPath: temporary))
    do {
      let lock = try FileLock.take(folder: directory.path)
      #expect(try FileLock.take(folder: directory.path) == nil)
      AbandonedFiles.remove(in: directory.path)
      #expect(FileManager.default.fileExists(atPath: temporary))
      withExtendedLifetime(lock) {}
    }
    AbandonedFiles.remove(in: directory.path)
    #expect(!FileManager.default.fileExists(atPath: temporary))
  }
}
