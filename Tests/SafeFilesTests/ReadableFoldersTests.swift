import Foundation
import Paths
import Testing

@testable import SafeFiles

/// What a notebook may have read, and what not.
@Suite struct ReadableFoldersTests {
  private let directory: TemporaryDirectory
  private let folders: ReadableFolders
  private var book: String { directory.path + "/book" }

  /// `book/in.txt`, `book/deep/in.txt` and `outside.txt`.
  init() throws {
    directory = try TemporaryDirectory()
    try FileManager.default.createDirectory(
      atPath: directory.path + "/book/deep", withIntermediateDirectories: true)
    for name in ["book/in.txt", "book/deep/in.txt", "outside.txt"] {
      try Data(name.utf8).write(to: URL(fileURLWithPath: directory.path + "/" + name))
    }
    folders = ReadableFolders([directory.path + "/book"])
  }

  private func code(_ name: String, by folders: ReadableFolders? = nil) -> FileError.Code? {
    do throws(FileError) {
      _ = try (folders ?? self.folders).path(of: name, in: book)
      return nil
    } catch { return error.code }
  }

  private func isOutside(_ name: String, by folders: ReadableFolders? = nil) -> Bool {
    if case .outside? = code(name, by: folders) { true } else { false }
  }

  private func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: "\(book)/\(name)", withDestinationPath: target)
  }

  @Test(
    "what lies inside is open, however it is written, and so is what is not there",
    arguments: [
      "in.txt", "./in.txt", "deep/../in.txt", "deep//in.txt", "deep", ".", "none.txt",
      "none/none.txt",
    ])
  func inside(_ name: String) {
    #expect(code(name) == nil)
    #expect(code("\(book)/\(name)") == nil)
  }

  @Test(
    "what lies outside is not, whether it is there or not",
    arguments: [
      "..", "../outside.txt", "deep/../../outside.txt", "../book-2/x", "none/../../outside.txt",
      "none/../in.txt", "/etc/passwd", "/", "/none", "/proc/self/environ", "/sys/kernel",
      "/dev/null",
      "/proc/self/cwd/in.txt", "../../../../../../../../etc/passwd",
    ])
  func outside(_ name: String) { #expect(isOutside(name)) }

  @Test("what the user named starts where he stands, if it names nothing in the notebook's folder")
  func starts() throws {
    let folders = ReadableFolders(
      [book, directory.path + "/outside.txt"],
      starts: [PathKey("outside.txt"): directory.path, PathKey("in.txt"): directory.path])
    #expect(try folders.path(of: "outside.txt", in: book) == directory.path + "/outside.txt")
    #expect(try folders.path(of: "in.txt", in: book) == book + "/in.txt")
    #expect(try folders.path(of: "none.txt", in: book) == book + "/none.txt")
    folders.whileReading {
      #expect(
        ReadableFolders.currentStart(of: "outside.txt", in: book) == directory.path)
      #expect(ReadableFolders.currentStart(of: "none.txt", in: book) == book)
    }
  }

  @Test("a zero byte cuts no path short, and an empty one leads nowhere")
  func zero() {
    #expect(code("in.txt\0.png") == .missing)
    #expect(code("") == .unnamed)
    #expect(code("none/../in.txt") == .outside(place: nil))
  }

  @Test("a folder of nearly the same name is another, and accents hide no slash and no ..")
  func lookingTheSame() throws {
    let (composed, decomposed) = (directory.path + "/caf\u{E9}", directory.path + "/cafe\u{301}")
    for folder in [composed, decomposed] {
      try AtomicWrite.makeDirectory(folder)
      try AtomicWrite.write("secret", to: folder + "/x.txt")
    }
    try AtomicWrite.write("secret", to: directory.path + "/\u{301}x.txt")
    let folders = ReadableFolders([composed])
    #expect(code("\(composed)/x.txt", by: folders) == nil)
    for name in ["\(decomposed)/x.txt", "../cafe\u{301}/x.txt", decomposed, "../cafe\u{301}/none"] {
      #expect(isOutside(name, by: folders), "\(name)")
    }
    for name in [
      "../\u{301}x.txt", "../\u{301}none", "none/../\u{301}none", "deep/../../\u{301}x.txt",
    ] {
      #expect(isOutside(name), "\(name)")
    }
    #expect(folders.whileReading { (try? MappedFile(path: "\(composed)/x.txt")) != nil })
    #expect(folders.whileReading { (try? MappedFile(path: "\(decomposed)/x.txt")) == nil })
  }

  @Test("a link may lead about inside, and not outside or into nothing")
  func links() throws {
    try link("inner", to: "deep/in.txt")
    try link("file", to: "../outside.txt")
    try link("folder", to: "..")
    try link("chain", to: "folder")
    try link("nowhere", to: "../none")
    try link("device", to: "/dev/null")
    #expect(code("inner") == nil)
    for name in ["file", "folder", "folder/outside.txt", "chain/outside.txt", "nowhere", "device"] {
      #expect(isOutside(name), "\(name)")
    }
    #expect(code("folder/book/in.txt") == nil)
  }

  @Test("pipes, sockets and devices are never read, even where their folder is open")
  func special() throws {
    #expect(mkfifo("\(book)/pipe", 0o600) == 0)
    #expect(code("pipe") == .notAFile)
    #expect(code("/dev/null", by: ReadableFolders(["/dev"])) == .notAFile)
  }

  @Test("the whole disk leaves out what the system shows of itself; that is open by its own name")
  func system() {
    let all = ReadableFolders(["/"])
    #expect(code("/etc", by: all) == nil)
    #expect(isOutside("/proc/self/environ", by: all))
    #expect(isOutside("/dev/null", by: all))
    #expect(code("/proc/self/environ", by: ReadableFolders(["/proc"])) == nil)
  }

  @Test("several folders and single files are open, also one that is made later, unless by a link")
  func several() throws {
    let made = directory.path + "/made"
    let linked = directory.path + "/linked"
    let folders = ReadableFolders([book, directory.path + "/outside.txt", made + "/deep", linked])
    #expect(code("../outside.txt", by: folders) == nil)
    #expect(isOutside("../outside.txt.bak", by: folders))
    #expect(isOutside("../made", by: folders))
    try FileManager.default.createDirectory(
      atPath: made + "/deep", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: linked, withDestinationPath: "/etc")
    #expect(code("../made/deep/x", by: folders) == nil)
    #expect(isOutside("../made/x", by: folders))
    #expect(isOutside("../linked/passwd", by: folders))
  }

  @Test(
    "what is opened is judged again, also where a link took a file's place after the name was judged"
  )
  func opened() throws {
    let path = try folders.path(of: "in.txt", in: book)
    let outside = directory.path + "/outside.txt"
    func isRead(_ path: String) -> Bool {
      (try? BoundedReader.bytes(path: path, limit: 100)) != nil
    }
    func isMapped(_ path: String) -> Bool { (try? MappedFile(path: path)) != nil }
    #expect(folders.whileReading { isRead(path) && isMapped(path) })
    #expect(folders.whileReading { !isRead(outside) && !isMapped(outside) })
    try FileManager.default.removeItem(atPath: path)
    try link("in.txt", to: "../outside.txt")
    #expect(folders.whileReading { !isRead(path) && !isMapped(path) })
    #expect(folders.whileReading { ReadableFolders.withoutLimits { isRead(path) } })
    #expect(isRead(path) && isMapped(path))
  }

  @Test("a file that is another by the time that it is judged is refused")
  func exchanged() throws {
    var status = stat()
    #expect(stat(directory.path + "/outside.txt", &status) == 0)
    #expect(throws: FileError.self) { try folders.check(status, openedAt: "\(book)/in.txt") }
  }

  @Test("folders hold for the tasks that are begun in them")
  func tasks() async throws {
    let path = directory.path + "/outside.txt"
    let isMapped = await ReadableFolders.$current.withValue(folders) {
      await Task { (try? MappedFile(path: path)) != nil }.value
    }
    #expect(!isMapped)
  }
}
