import Foundation
import Testing

@testable import SafeFiles

@Suite struct AbandonedFilesTests {
  private let directory: TemporaryDirectory
  private var folder: String { directory.path }

  init() throws { directory = try TemporaryDirectory() }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func whatAKilledWriterLeftIsRemoved() throws {
    let left = "\(folder)/report.html.abc\(AtomicWrite.temporarySuffix)"
    try Data("half".utf8).write(to: URL(filePath: left))
    try Data("mine".utf8).write(to: URL(filePath: folder + "/notes.tmp"))
    try AtomicWrite.write("whole", to: folder + "/report.md")
    #expect(try names() == ["notes.tmp", "report.md"])
  }

  @Test func whatIsBeingWrittenStays() throws {
    let path = "\(folder)/a.abc\(AtomicWrite.temporarySuffix)"
    let file = try OpenFile(path, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
    let isClaimed = AbandonedFiles.claim(file, at: path)
    #expect(isClaimed)
    AbandonedFiles.remove(in: folder)
    #expect(try names() == [(path as NSString).lastPathComponent])
  }

  @Test func aFileThatWasRemovedBeforeItWasClaimedIsNone() throws {
    let path = "\(folder)/a.abc\(AtomicWrite.temporarySuffix)"
    let file = try OpenFile(path, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
    unlink(path)
    let isClaimed = AbandonedFiles.claim(file, at: path)
    #expect(!isClaimed)
  }

  @Test func linksAndFoldersOfThatNameStay() throws {
    let suffix = AtomicWrite.temporarySuffix
    try FileManager.default.createDirectory(
      atPath: "\(folder)/b\(suffix)", withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder)/c\(suffix)", withDestinationPath: "/etc/hostname")
    AbandonedFiles.remove(in: folder)
    #expect(try names() == ["b\(suffix)", "c\(suffix)"])
  }
}
