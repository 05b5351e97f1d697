import Foundation
import FuzzTargets
import Testing

/// The inputs of `Corpus`: seeds, and what once broke something.
@Suite(.serialized) struct ReplayTests {
  private static let root = URL(filePath: #filePath).appending(path: "../../../..").standardized

  private static func files(in folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { !$0.hasDirectoryPath }.sorted { $0.path < $1.path }
  }

  @Test("what was found stays mended", arguments: FuzzTarget.all)
  func replays(_ target: FuzzTarget) throws {
    let folders = ["Tests/Fuzz/Corpus/\(target.name)"] + target.fixtures
    var count = 0
    for folder in folders {
      for file in try Self.files(in: Self.root.appending(path: folder)) {
        let bytes = Array(try Data(contentsOf: file))
        #expect(throws: Never.self, "\(folder)/\(file.lastPathComponent)") { try target.run(bytes) }
        count += 1
      }
    }
    #expect(count >= 3, "\(target) has hardly a seed")
    try target.run([])
  }
}
