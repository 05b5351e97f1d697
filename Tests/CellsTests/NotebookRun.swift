import Cells
import Diagnostics
import Foundation
import NotebookLanguage
import NotebookRunner
import SafeFiles

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

  /// The cells `base` and `text`, which the folder's notebooks begin with.
  static let head =
    cell("load", "base", "model: model")
    + cell("corpus", "text", "text: text.txt\ntokenizer: base")

  /// The text of a cell and an empty line after it.
  static func cell(_ kind: String, _ label: String? = nil, _ body: String) -> String {
    "```{\(kind)}\n\(label.map { "#| label: \($0)\n" } ?? "")\(body)\n```\n\n"
  }

  /// Options of a run that keeps its results in the folder.
  static func keeping(in folder: URL) -> RunOptions {
    var options = RunOptions()
    options.cache = ResultCache(BlobStore(folder: folder.path + "/cache"))
    return options
  }

  static func checked(
    _ text: String, named name: String = "n.md", in folder: URL? = nil
  ) throws(DiagnosticList) -> CheckedNotebook {
    try NotebookParser.parse(SourceFile(name: name, text: text)).checked(
      cellTypes: AllCells.types,
      files: folder.map { folder in { _ in FileScope(folder: folder.path) { _ in "" } } })
  }

  /// What `check` finds wrong in a text.
  ///
  /// - Parameter folder: where its files are; they are not looked at where it is nil.
  static func mistakes(
    in text: String, named name: String = "n.md", in folder: URL? = nil
  ) -> [Diagnostic] {
    do throws(DiagnosticList) {
      return try checked(text, named: name, in: folder).warnings
    } catch {
      return error.diagnostics
    }
  }

  /// The results, or the mistakes that `check` or the run found.
  static func run(
    _ text: String, in folder: URL, _ options: RunOptions = RunOptions(),
    onEvent: @escaping @Sendable (Runner.Event) -> Void = { _ in }
  ) async -> Result<RunResults, DiagnosticList> {
    do {
      let results = try await Runner(
        checked(text), folder: folder.path, options: options, onEvent: onEvent
      ).run()
      let failures = results.failures
      return failures.isEmpty ? .success(results) : .failure(DiagnosticList(failures))
    } catch let error as DiagnosticList {
      return .failure(error)
    } catch {
      return .failure(DiagnosticList([Diagnostic(.cellFailed, "\(error)", at: nil)]))
    }
  }
}
