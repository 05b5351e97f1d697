import Foundation
import InputLimits
import Testing

@testable import SafeFiles

@Suite struct FileListingTests {
  private func withFolder(_ files: [String], _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("list-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    for file in files {
      let url = folder.appendingPathComponent(file)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: url)
    }
    try body(folder.path)
  }

  private static let files = [
    "b.txt", "a.txt", "A.txt", "c.md", ".hidden.txt", "part/d.txt", "part/deep/e.txt", ".git/f.txt",
    "é.txt",
  ]

  @Test(
    "what braces stand for",
    arguments: [
      ("a", ["a"]), ("{a,b}", ["a", "b"]), ("x{,y}z", ["xz", "xyz"]), ("{a}{", ["{a}{"]),
      ("{a,b}{c,d}", ["ac", "ad", "bc", "bd"]), ("{a,{b,c}d}", ["a", "bd", "cd"]),
      ("{{a,b}", ["{a", "{b"]), ("a,b}", ["a,b}"]), ("{x}{a,b}", ["{x}a", "{x}b"]),
    ])
  func alternatives(_ pattern: String, _ expected: [String]) {
    #expect(FileListing.alternatives(of: pattern) == expected)
    #expect(FileListing.isPattern(pattern) == (expected != [pattern]))
  }

  @Test("braces that stand for very much are refused")
  func manyAlternatives() {
    #expect(FileListing.alternatives(of: String(repeating: "{a,b}", count: 9))?.count == 512)
    #expect(FileListing.alternatives(of: String(repeating: "{a,b}", count: 200)) == nil)
  }

  @Test("files below a folder, sorted by their bytes, without what is hidden")
  func below() throws {
    try withFolder(Self.files) { folder in
      let found = try FileListing.files(below: folder) { $0.hasSuffix(".txt") }
      #expect(
        found == ["A.txt", "a.txt", "b.txt", "part/d.txt", "part/deep/e.txt", "é.txt"])
      #expect(try FileListing.files(below: folder + "/none") { _ in true }.isEmpty)
    }
  }

  @Test("files whose names look the same are two")
  func lookingTheSame() throws {
    try withFolder(["\u{E9}.txt", "e\u{301}.txt", "x/\u{301}y.txt"]) { folder in
      let below = try FileListing.files(below: folder) { _ in true }
      let fitting = try FileListing.files(fitting: "**/*.txt", in: folder)
      for found in [below, fitting] {
        #expect(
          found.map { Array($0.utf8) }
            == ["e\u{301}.txt", "x/\u{301}y.txt", "\u{E9}.txt"].map { Array($0.utf8) })
      }
    }
  }

  @Test("more files than the limit are refused")
  func limit() throws {
    try withFolder(["a", "b/c", "b/d"]) { folder in
      let found = try Limits.with([.files: 3]) {
        try FileListing.files(below: folder) { _ in true }
      }
      #expect(found.count == 3)
      Limits.with([.files: 2]) {
        let error = #expect(throws: FileError.self) {
          try FileListing.files(below: folder) { _ in true }
        }
        #expect(
          error?.description == "more than 2 files: \(folder) (--limit files=4 allows more)")
      }
    }
  }

  @Test("links to files count, links to folders do not: they may lead in circles")
  func links() throws {
    try withFolder(["a.txt", "part/b.txt"]) { folder in
      let manager = FileManager.default
      try manager.createSymbolicLink(atPath: folder + "/circle", withDestinationPath: folder)
      try manager.createSymbolicLink(
        atPath: folder + "/link.txt", withDestinationPath: folder + "/a.txt")
      try manager.createSymbolicLink(atPath: folder + "/lost.txt", withDestinationPath: "none")
      #expect(
        try FileListing.files(below: folder) { _ in true } == ["a.txt", "link.txt", "part/b.txt"])
    }
  }

  @Test(
    "patterns",
    arguments: [
      ("*.txt", ["A.txt", "a.txt", "b.txt", "é.txt"]), ("?.md", ["c.md"]),
      ("**/e.txt", ["part/deep/e.txt"]), ("part/**/*.txt", ["part/d.txt", "part/deep/e.txt"]),
      ("**/**/d.txt", ["part/d.txt"]), ("**", ["A.txt", "a.txt", "b.txt", "c.md", "é.txt"]),
      ("p*/*.txt", ["part/d.txt"]), ("part/*/e.txt", ["part/deep/e.txt"]),
      (
        "*",
        [
          "A.txt", "a.txt", "b.txt", "c.md", "é.txt",
        ]
      ), ("*.none", []), ("none/*", []), ("part/../?.md", ["part/../c.md"]), ("[ab].txt", []),
    ])
  func patterns(_ pattern: String, _ expected: [String]) throws {
    try withFolder(Self.files) { folder in
      let found = try FileListing.files(fitting: pattern, in: folder)
      #expect(found == expected)
      let absolute = try FileListing.files(fitting: "\(folder)/\(pattern)", in: "/none")
      #expect(absolute == expected.map { "\(folder)/\($0)" })
    }
  }

  @Test("stars stand for any characters, none too, and take their time never twice")
  func fits() {
    #expect(FileListing.fits("abc", "a*c") && FileListing.fits("ac", "a*c"))
    #expect(FileListing.fits("abcbc", "a*bc") && FileListing.fits("", "*"))
    #expect(!FileListing.fits("abcd", "a*c") && !FileListing.fits("a", "?*?"))
    #expect(FileListing.fits("é", "?") && FileListing.fits("a*", "a*"))
    let name = String(repeating: "a", count: 200)
    #expect(!FileListing.fits(name, String(repeating: "*a", count: 100) + "b"))
  }
}
