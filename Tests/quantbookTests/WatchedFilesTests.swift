import ArgumentParser
import Foundation
import Testing

@testable import quantbook

@Suite struct WatchedFilesTests {
  @Test("a notebook that comes back as it was is run again")
  func away() throws {
    let folder = try TemporaryFolder()
    try folder.write("Text.\n", to: "n.md")
    let (path, other) = (folder.url("n.md").path, folder.url("other").path)
    let files = WatchedFiles(notebook: path)
    #expect(files.hasNotebook && !files.haveChangedAndRest)
    try FileManager.default.moveItem(atPath: path, toPath: other)
    #expect(!files.hasNotebook)
    files.markChanged()
    #expect(!files.haveChangedAndRest && !files.haveChangedAndRest)
    try FileManager.default.moveItem(atPath: other, toPath: path)
    _ = files.haveChangedAndRest
    #expect(files.haveChangedAndRest)
  }

  @Test("the loop tells that the notebook is gone, and goes on when it is back")
  func gone() async throws {
    let folder = try TemporaryFolder()
    try folder.write("Text.\n", to: "n.md")
    let path = folder.url("n.md").path
    let (events, told) = AsyncStream<String>.makeStream()
    let loop = WatchLoop(
      path: path, files: WatchedFiles(notebook: path), diagnostics: try DiagnosticOptions.parse([]),
      runOnce: { _ in _ = told.yield("run") }, onGone: { _ = told.yield("gone") })
    let task = Task { try await loop.run() }
    var seen: [String] = []
    for await event in events {
      seen.append(event)
      switch seen.count {
      case 1: try FileManager.default.removeItem(atPath: path)
      case 2: try folder.write("Text.\n", to: "n.md")
      default: break
      }
      if seen.count == 3 { break }
    }
    task.cancel()
    _ = await task.result
    #expect(seen == ["run", "gone", "run"])
  }
}
