import Foundation
import Testing

@Suite struct DiagnosticOptionsTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let mistakes = (1...25).map { "{{ missing\($0) }}" }.joined(separator: "\n\n")
    try folder.write(mistakes + "\n", to: "n.md")
  }

  @Test("text goes to standard error, twenty at most")
  func text() throws {
    let run = try CommandRun.quantbook("check", "n.md", in: folder)
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasSuffix("and 5 more\n"))
  }

  @Test("check --diagnostics json prints every mistake to standard output, an object a line")
  func json() throws {
    let run = try CommandRun.quantbook("check", "n.md", "--diagnostics", "json", in: folder)
    #expect(run.status == 2)
    #expect(run.errors.isEmpty)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 25)
    for (index, line) in lines.enumerated() {
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(object["file"] as? String == "n.md")
      #expect(object["line"] as? Int == 2 * index + 1)
      #expect(object["column"] as? Int == 4)
      #expect(object["code"] as? String == "QB0403")
    }
  }

  @Test("run --diagnostics json prints to standard error")
  func runJSON() throws {
    let run = try CommandRun.quantbook("run", "n.md", "--diagnostics", "json", in: folder)
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    #expect(run.errors.split(separator: "\n").count == 25)
  }

  @Test("github form")
  func github() throws {
    let run = try CommandRun.quantbook("check", "n.md", "--diagnostics", "github", in: folder)
    #expect(
      run.output.hasPrefix("::error file=n.md,line=1,col=4,endLine=1,endColumn=12,title=QB0403::"))
  }

  @Test("a notebook without mistakes prints nothing")
  func clean() throws {
    try folder.write("Nothing.\n", to: "n.md")
    for form in ["text", "json", "github"] {
      let run = try CommandRun.quantbook("check", "n.md", "--diagnostics", form, in: folder)
      #expect(run.status == 0 && run.output.isEmpty && run.errors.isEmpty)
    }
  }
}
