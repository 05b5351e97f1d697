import Foundation
import Testing

@testable import StarterModel

@Suite struct StarterModelTests {
  @Test("the model and the text that ship are found beside the tests' program")
  func shipped() throws {
    let config = StarterModel.directory.appendingPathComponent("config.json")
    #expect(try !Data(contentsOf: config).isEmpty)
    #expect(try !Data(contentsOf: StarterModel.houseProse).isEmpty)
  }

  @Test("installed, they are in share/quantbook beside bin; what was built goes before")
  func installed() throws {
    let root = FileManager.default.temporaryDirectory
      .appendingPathComponent("quantbook-starter-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    let bin = root.appendingPathComponent("bin")
    let share = root.appendingPathComponent("share/quantbook")
    func found() -> String { StarterModel.folder(ofProgramIn: bin).path }
    #expect(found() == share.path)
    for folder in [bin, share] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    #expect(found() == share.path)
    let built = bin.appendingPathComponent("quantbook_StarterModel.resources/Resources")
    try FileManager.default.createDirectory(at: built, withIntermediateDirectories: true)
    #expect(found() == built.path)
  }
}
