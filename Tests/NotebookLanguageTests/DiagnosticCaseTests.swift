import Diagnostics
import Foundation
import TestSupport
import Testing
import ToyCells

@testable import NotebookLanguage

/// Each file of `Cases/` is a notebook and what `check` says of it, warnings too.
///
/// `<!-- -P name=value -->` sets a parameter. Notebooks that a case includes stand in `Cases/parts`.
@Suite struct DiagnosticCaseTests {
  private static let folder = GoldenFile.path("Cases")
  static let cases = GoldenFile.all(in: folder)

  @Test("there are at least sixty cases") func exist() {
    #expect(Self.cases.count >= 60)
  }

  @Test("check says exactly this", arguments: cases)
  func check(_ example: GoldenFile) throws {
    let found = [diagnostics(of: example)]
    #expect(try found == example.expected(updatedTo: found))
  }

  private func diagnostics(of example: GoldenFile) -> String {
    let notebook = NotebookParser.parse(
      SourceFile(name: example.name, text: example.input), including: Self.read)
    let settings = example.input.matches(of: /<!-- -P (\w+)=(.*) -->/).map {
      ParameterSetting(name: String($0.1), text: String($0.2))
    }
    do throws(DiagnosticList) {
      let checked = try notebook.checked(cellTypes: ToyCells.types, settings: settings)
      return TextRenderer().render(checked.warnings)
    } catch {
      return TextRenderer().render(error.diagnostics)
    }
  }

  private static func read(_ path: String, _ span: SourceSpan?) throws(Diagnostic) -> SourceFile {
    guard let text = try? String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
    else { throw Diagnostic(.invalidInclude, "no such file: \(path)", at: span) }
    return SourceFile(name: path, text: text)
  }

  /// Mistakes that only files, a run or its results show: their tests are those of the command, of the
  /// cells and of the runner.
  private static let unseenByCheck: Set<DiagnosticCode> = [
    .unreadableNotebook, .notEnoughMemory, .missingModel, .invalidModel, .missingCorpus,
    .invalidCorpus,
    .corpusTooShort, .unmatchedPattern, .impossibleSetting, .quantizationFailed, .cellFailed,
    .unmetExpectation, .cannotWrite, .unreadableParameters, .timedOut,
    .missingResults, .invalidResults, .staleResults, .nonFiniteResult, .invalidTemplate,
    .invalidPicture, .missingBrowser, .notDownloaded, .tooFewPasses, .forbiddenPath,
  ]

  @Test("every code that check can give has a case")
  func codes() {
    let shown = Set(
      Self.cases.flatMap(\.expected).flatMap { $0.matches(of: /\[(QB\d{4})\]/) }
        .compactMap { DiagnosticCode(rawValue: String($0.1)) })
    #expect(Set(DiagnosticCode.allCases).subtracting(shown) == Self.unseenByCheck)
  }
}
