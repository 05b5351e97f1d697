import Diagnostics
import Foundation
import NotebookLanguage
import NotebookRunner
import Testing

@testable import Cells

/// What a `load` cell takes for a name on the Hub. What is fetched from there, `Tests/Hub` shows.
@Suite struct HubModelTests {
  private func load(_ keys: String) -> String { "```{load}\n\(keys)\n```\n" }

  /// The mistakes of a run that may ask nobody.
  private func mistakes(_ keys: String) async throws -> [Diagnostic] {
    let folder = try NotebookRun.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var options = RunOptions()
    options.isOffline = true
    guard case .failure(let list) = await NotebookRun.run(load(keys), in: folder, options) else {
      return []
    }
    return list.diagnostics
  }

  @Test("what the cache has not is told while offline, and is no mistake of the notebook")
  func offline() async throws {
    let keys = "model: nobody/has-this-model"
    let found = try await mistakes(keys)
    #expect(found.map(\.code) == [.notDownloaded])
    #expect(found.first?.help?.contains("quantbook download nobody/has-this-model") == true)
    #expect(try NotebookRun.checked(load(keys)).warnings.isEmpty)
  }

  @Test("a name in a folder that is there is a path, mistyped")
  func mistypedPath() async throws {
    let folder = try NotebookRun.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(!HubModel.isName("model/gpt2", in: folder.path))
    #expect(HubModel.isName("models/gpt2", in: folder.path))
    #expect(HubModel.isName("hf://model/gpt2", in: folder.path))
    let found = try await mistakes("model: model/gpt2")
    #expect(found.map(\.code) == [.missingModel])
    #expect(try await mistakes("model: modle").first?.help?.contains("'model'") == true)
  }

  @Test(
    "a revision is one, said once, and of the Hub",
    arguments: [
      ("model: owner/name\nrevision: ../x", DiagnosticCode.unknownValue),
      ("model: owner/name@v1\nrevision: v2", .conflictingKeys),
      ("model: starter\nrevision: main", .conflictingKeys),
      ("model: random:gpt2\nrevision: main", .conflictingKeys),
    ])
  func revisions(_ keys: String, _ code: DiagnosticCode) async throws {
    #expect(try await mistakes(keys).map(\.code) == [code])
  }
}
