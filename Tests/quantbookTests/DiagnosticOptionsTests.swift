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

  @Test(
    "run tells programs nothing but lines of their form, whatever happens",
    arguments: ["json", "github"],
    [
      ("wrote", 0, "Nothing.\n"),
      ("the report so far", 1, "```{load}\nmodel: llama\n```\n"),
      ("does not hold", 3, "```{expect}\n- 12 > 13\n```\n"),
    ])
  func pure(_ form: String, _ example: (said: String, status: Int32, notebook: String)) throws {
    try FileManager.default.createDirectory(
      at: folder.url("llama"), withIntermediateDirectories: true)
    try folder.write("{}", to: "llama/config.json")
    try folder.write(example.notebook, to: "n.md")
    let run = try CommandRun.quantbook(
      "run", "n.md", "--verbose", "--no-cache", "--diagnostics", form, in: folder)
    #expect(run.status == example.status, "\(run.errors)")
    #expect(run.errors.contains(example.said))
    for line in run.errors.split(separator: "\n") {
      if form == "github" {
        #expect(["::notice::", "::error "].contains { line.hasPrefix($0) }, "\(line)")
      } else {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        let severity = try #require(object?["severity"] as? String)
        #expect((object?["code"] is NSNull) == (severity == "note"), "\(line)")
      }
    }
  }

  @Test("so do status and verify")
  func others() throws {
    try folder.write("{{ missing }}\n", to: "n.md")
    for command in ["status", "verify"] {
      let bad = try CommandRun.quantbook(command, "n.md", "--diagnostics", "json", in: folder)
      #expect(bad.status == 2 && bad.errors.hasPrefix("{\"file\": \"n.md\""))
      let none = try CommandRun.quantbook(command, "no.md", "--diagnostics", "json", in: folder)
      #expect(none.status == 5 && none.errors.hasPrefix("{\"file\": null"))
    }
    try folder.write("Text.\n", to: "n.md")
    #expect(try CommandRun.quantbook("run", "n.md", in: folder).status == 0)
    try folder.write("Other.\n", to: "n.md")
    let run = try CommandRun.quantbook("verify", "n.md", "--diagnostics", "github", in: folder)
    #expect(
      run.errors == "::notice::the notebook is not the one that these results were made from\n")
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
