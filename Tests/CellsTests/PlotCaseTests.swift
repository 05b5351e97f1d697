import Cells
import Diagnostics
import Foundation
import NotebookLanguage
import Testing

/// One file of `Cases/`: a notebook with mistakes in its charts, a line `=====`, and the exact text of
/// `check`, which `UPDATE_CASES=1` in the environment writes anew, to be read before it is committed.
struct PlotCase: CustomTestStringConvertible {
  let name: String
  let notebook: String
  let expected: String

  var testDescription: String { name }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Cases")

  static let all: [Self] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.sorted().compactMap { file in
      guard
        let text = try? String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8),
        let separator = text.range(of: "=====\n")
      else { return nil }
      return Self(
        name: file, notebook: String(text[..<separator.lowerBound]),
        expected: String(text[separator.upperBound...]))
    }
  }()

  /// What `check` says, all of it.
  var found: String {
    do throws(DiagnosticList) {
      _ = try NotebookParser.parse(SourceFile(name: name, text: notebook))
        .checked(cellTypes: AllCells.types)
      return ""
    } catch {
      return TextRenderer().render(error.diagnostics)
    }
  }
}

@Suite struct PlotCaseTests {
  @Test("there are cases") func exist() { #expect(PlotCase.all.count >= 4) }

  @Test("check says exactly this", arguments: PlotCase.all)
  func check(_ example: PlotCase) throws {
    let found = example.found
    if ProcessInfo.processInfo.environment["UPDATE_CASES"] != nil {
      try "\(example.notebook)=====\n\(found)".write(
        to: PlotCase.folder.appendingPathComponent(example.name), atomically: true, encoding: .utf8)
    } else {
      #expect(found == example.expected)
    }
  }
}
