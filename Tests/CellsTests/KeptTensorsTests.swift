import Diagnostics
import Foundation
import NotebookLanguage
import NotebookRunner
import SafeFiles
import Testing

@testable import Cells

@Suite struct KeptTensorsTests {
  private static let notebook =
    NotebookRun.cell("load", "base", "model: model")
    + NotebookRun.cell("quantize", "q", "of: base\nscheme: nf4")

  @Test func quantizedMatricesAreKeptWhereResultsAre() async throws {
    let folder = try NotebookRun.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = BlobStore(folder: folder.path + "/cache")
    try await run(in: folder)
    let kept = Set(store.entries().map(\.key))
    // A result of each cell, and the matrices of one layer at least.
    #expect(kept.count >= 6)
    // Another selection: another result, of matrices that are there.
    try await run(Self.notebook + "\n", in: folder)
    #expect(Set(store.entries().map(\.key)) == kept)
    let other = Self.notebook.replacing("scheme: nf4", with: "scheme: nf4\nexcept: [h.0.attn.*]")
    try await run(other, in: folder)
    // Excepted matrices are converted to float16, and the cell has another result.
    let excepted = 2
    #expect(store.entries().count == kept.count + excepted + 1)
  }

  @Test func nothingIsKeptWithoutACache() async throws {
    let folder = try NotebookRun.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = BlobStore(folder: folder.path + "/cache")
    let uncached = Self.notebook.replacing("label: q", with: "label: q\n#| cache: false")
    try await run(uncached, in: folder)
    #expect(store.entries().count <= 1, "the loaded model's facts")
  }

  private func run(
    _ text: String = notebook, in folder: URL
  ) async throws {
    _ = try await NotebookRun.run(text, in: folder, NotebookRun.keeping(in: folder)).get()
  }
}
