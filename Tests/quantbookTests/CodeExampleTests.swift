import Diagnostics
import Foundation
import Testing

@testable import quantbook

/// What `quantbook explain` shows is true: the mistake gives the code, the cure gives no mistake.
@Suite struct CodeExampleTests {
  private static let codes = DiagnosticCode.allCases.filter { $0.example != nil }

  @Test("every code has an example, but those whose explanations say why not")
  func all() {
    let without = DiagnosticCode.allCases.filter { $0.example == nil }
    #expect(without == [.notDownloaded, .cellFailed, .missingBrowser])
    for code in without {
      #expect(code.explanation.contains("No few lines of a notebook show it"))
    }
  }

  @Test("the mistake gives that very code, the cure none", arguments: codes)
  func example(_ code: DiagnosticCode) throws {
    let example = try #require(code.example)
    let mistake = try run(example, example.mistake)
    #expect(found(in: mistake) == [code], "\(mistake.errors)")
    #expect(mistake.status == 5 || !(code.isMissingResource && example.form == .run))
    #expect((mistake.status == 0) == code.isWarning)
    let cure = try run(example, example.cure)
    #expect(found(in: cure).isEmpty && cure.status == 0, "\(cure.errors)")
  }

  @Test("check tells of none that needs a run", arguments: codes)
  func needsRun(_ code: DiagnosticCode) throws {
    let example = try #require(code.example)
    guard example.form == .run else { return }
    let folder = try folder(for: example)
    try folder.write(example.mistake + "\n", to: "n.md")
    #expect(try CommandRun.quantbook("check", "n.md", in: folder).status == 0)
  }

  @Test("the page has remark, files, mistake and cure")
  func page() throws {
    let page = ExplainCommand.text(of: .invalidCorpus)
    #expect(page.contains("only a run tells"))
    #expect(page.contains("With short.txt.gz:\n\n    A text.\n\nMistake:"))
    #expect(ExplainCommand.text(of: .staleResults).contains("    quantbook run report.md --frozen"))
  }

  private func folder(for example: DiagnosticExample) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(DiagnosticExample.report, to: "report.md")
    for file in example.files {
      let parent = folder.url(file.name).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
      try folder.write(file.text, to: file.name)
    }
    return folder
  }

  /// What comes of a notebook, or of command lines.
  private func run(_ example: DiagnosticExample, _ text: String) throws -> CommandRun {
    let folder = try folder(for: example)
    switch example.form {
    case .notebook, .run:
      try folder.write(text + "\n", to: "n.md")
      return example.form == .notebook
        ? try CommandRun.quantbook("check", "n.md", in: folder)
        : try CommandRun.quantbook("run", "n.md", "--no-cache", in: folder)
    case .command:
      let path = CommandRun.executable.deletingLastPathComponent().path
      return try CommandRun.run(
        URL(fileURLWithPath: "/bin/sh"), ["-c", "PATH='\(path)':$PATH\n" + text], in: folder)
    }
  }

  private func found(in run: CommandRun) -> Set<DiagnosticCode> {
    Set(run.errors.matches(of: /\[(QB\d{4})\]/).compactMap { DiagnosticCode(rawValue: "\($0.1)") })
  }
}
