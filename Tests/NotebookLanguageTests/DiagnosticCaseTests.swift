import Diagnostics
import Foundation
import Testing
import ToyCells

@testable import NotebookLanguage

/// One file of `Cases/`: a notebook, a line `=====`, and the exact text of `check`.
struct DiagnosticCase: CustomTestStringConvertible {
  let name: String
  let notebook: String
  let expected: String

  var testDescription: String { name }

  static let all: [Self] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Cases")
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".md") }.sorted().compactMap { file in
      guard
        let text = try? String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8),
        let separator = text.range(of: "\n=====\n")
      else { return nil }
      return Self(
        name: file, notebook: String(text[..<separator.lowerBound]) + "\n",
        expected: String(text[separator.upperBound...]))
    }
  }()
}

@Suite struct DiagnosticCaseTests {
  @Test("there are cases") func exist() {
    #expect(DiagnosticCase.all.count >= 20)
  }

  @Test("check says exactly this", arguments: DiagnosticCase.all)
  func check(_ example: DiagnosticCase) {
    var found = ""
    do throws(DiagnosticList) {
      let file = SourceFile(name: example.name, text: example.notebook)
      _ = try NotebookParser.parse(file).checked(cellTypes: ToyCells.types)
    } catch {
      found = TextRenderer().render(error.diagnostics)
    }
    #expect(found == example.expected)
  }
}
