import Cells
import Diagnostics
import Foundation
import NotebookLanguage
import NotebookRunner

/// Runs notebooks of a few lines against small models that the peers made.
enum NotebookRun {
  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/data")

  /// A folder of its own with a small model and its tokenizer in `model`, and a text in `text.txt`.
  static func folder() throws -> URL {
    let manager = FileManager.default
    let folder = manager.temporaryDirectory.appendingPathComponent("quantbook-\(UUID())")
    try manager.createDirectory(at: folder, withIntermediateDirectories: true)
    try manager.copyItem(
      at: fixtures.appendingPathComponent("perplexity/model"),
      to: folder.appendingPathComponent("model"))
    for file in ["vocab.json", "merges.txt"] {
      try manager.copyItem(
        at: fixtures.appendingPathComponent("tokenizer/\(file)"),
        to: folder.appendingPathComponent("model/\(file)"))
    }
    let text = (0..<120).map { "Sentence \($0) of a text that is long enough, naïve or not." }
    try text.joined(separator: " ").write(
      to: folder.appendingPathComponent("text.txt"), atomically: true, encoding: .utf8)
    return folder
  }

  /// The results, or the mistakes that `check` or the run found.
  static func run(_ text: String, in folder: URL) async -> Result<RunResults, DiagnosticList> {
    do {
      let file = SourceFile(name: "n.md", text: text)
      let checked = try NotebookParser.parse(file).checked(cellTypes: AllCells.types)
      let results = try await Runner(checked, folder: folder.path) { _ in }.run()
      let failures = results.failures
      return failures.isEmpty ? .success(results) : .failure(DiagnosticList(failures))
    } catch let error as DiagnosticList {
      return .failure(error)
    } catch {
      return .failure(DiagnosticList([Diagnostic(.cellFailed, "\(error)", at: nil)]))
    }
  }
}
