import Foundation
import SafeFiles
import Testing

@Suite struct PartialFileTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("part-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  private func append(_ text: String, to file: PartialFile) throws {
    try Array(text.utf8).withUnsafeBytes { try file.append($0) }
  }

  @Test("what one holder wrote, the next goes on from, and moves to its place")
  func growing() throws {
    try withFolder { folder in
      try append("half ", to: PartialFile(path: folder + "/x.incomplete"))
      let file = try PartialFile(path: folder + "/x.incomplete")
      #expect(file.size == 5)
      try append("and half", to: file)
      var contents: [UInt8] = []
      try file.read { contents += $0 }
      #expect(contents == Array("half and half".utf8) && file.size == 13)
      try file.move(to: folder + "/x")
      #expect(try BoundedReader.text(path: folder + "/x", limit: 100) == "half and half")
      #expect(!FileManager.default.fileExists(atPath: folder + "/x.incomplete"))
    }
  }

  @Test("neither a link nor a folder is written to")
  func others() throws {
    try withFolder { folder in
      try AtomicWrite.write("good", to: folder + "/good")
      try SymbolicLink.write("good", at: folder + "/link")
      #expect(throws: FileError.self) { try PartialFile(path: folder + "/link") }
      #expect(throws: FileError.self) { try PartialFile(path: folder) }
    }
  }

  @Test("a link takes the place of another")
  func links() throws {
    try withFolder { folder in
      try SymbolicLink.write("nowhere", at: folder + "/link")
      try AtomicWrite.write("good", to: folder + "/good")
      try SymbolicLink.write("good", at: folder + "/link")
      #expect(try BoundedReader.text(path: folder + "/link", limit: 100) == "good")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["good", "link"])
    }
  }
}
