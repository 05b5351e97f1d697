import Diagnostics
import Foundation
import Testing
import ToyCells

@testable import NotebookLanguage

/// One file of `Cases/`: a notebook, a line `=====`, and the exact text of `check`.
///
/// `<!-- -P name=value -->` sets a parameter. Notebooks that a case includes stand in
/// `Cases/parts`. With `UPDATE_CASES=1` in the environment the expected texts are written anew, to be read
/// before they are committed.
struct DiagnosticCase: CustomTestStringConvertible {
  let name: String
  let notebook: String
  let expected: String

  var testDescription: String { name }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Cases")

  static let all: [Self] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".md") }.sorted().compactMap { file in
      guard let data = try? Data(contentsOf: folder.appendingPathComponent(file)),
        let separator = data.range(of: Data("\n=====\n".utf8))
      else { return nil }
      return Self(
        name: file, notebook: String(decoding: data[...separator.lowerBound], as: UTF8.self),
        expected: String(decoding: data[separator.upperBound...], as: UTF8.self))
    }
  }()

  /// What `check` says, warnings too.
  var found: String {
    let notebook = NotebookParser.parse(
      SourceFile(name: name, text: notebook), including: Self.read)
    do throws(DiagnosticList) {
      let checked = try notebook.checked(cellTypes: ToyCells.types, settings: settings)
      return TextRenderer().render(checked.warnings)
    } catch {
      return TextRenderer().render(error.diagnostics)
    }
  }

  private var settings: [ParameterSetting] {
    notebook.matches(of: /<!-- -P (\w+)=(.*) -->/).map {
      ParameterSetting(name: String($0.1), text: String($0.2))
    }
  }

  private static func read(_ path: String, _ span: SourceSpan?) throws(Diagnostic) -> SourceFile {
    guard let text = try? String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
    else { throw Diagnostic(.invalidInclude, "no such file: \(path)", at: span) }
    return SourceFile(name: path, text: text)
  }
}

@Suite struct DiagnosticCaseTests {
  @Test("there are at least sixty cases") func exist() {
    #expect(DiagnosticCase.all.count >= 60)
  }

  @Test("check says exactly this", arguments: DiagnosticCase.all)
  func check(_ example: DiagnosticCase) throws {
    let found = example.found
    if ProcessInfo.processInfo.environment["UPDATE_CASES"] != nil {
      try "\(example.notebook)=====\n\(found)".write(
        to: DiagnosticCase.folder.appendingPathComponent(example.name), atomically: true,
        encoding: .utf8)
    } else {
      #expect(found == example.expected)
    }
  }

  /// Mistakes that only files, a run or its results show: their tests are those of the command, of the
  /// cells and of the runner.
  private static let unseenByCheck: Set<DiagnosticCode> = [
    .unreadableNotebook, .notEnoughMemory, .missingModel, .invalidModel, .missingCorpus,
    .invalidCorpus,
    .corpusTooShort, .unmatchedPattern, .impossibleSetting, .quantizationFailed, .cellFailed,
    .unmetExpectation, .cannotWrite, .unreadableParameters, .timedOut,
    .missingResults, .invalidResults, .staleResults, .nonFiniteResult, .invalidTemplate,
    .invalidPicture, .missingBrowser,
  ]

  @Test("every code that check can give has a case")
  func codes() {
    let shown = Set(
      DiagnosticCase.all.flatMap { $0.expected.matches(of: /\[(QB\d{4})\]/) }
        .compactMap { DiagnosticCode(rawValue: String($0.1)) })
    #expect(Set(DiagnosticCode.allCases).subtracting(shown) == Self.unseenByCheck)
  }
}
