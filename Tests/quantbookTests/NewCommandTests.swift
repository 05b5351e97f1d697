import Foundation
import Testing

@testable import quantbook

@Suite struct NewCommandTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("what it writes has no mistakes", arguments: NewCommand.Template.allCases)
  func checks(_ template: NewCommand.Template) throws {
    let run = try CommandRun.quantbook("new", "mine", "--template", template.rawValue, in: folder)
    #expect(run.status == 0)
    #expect(run.errors == "wrote mine.md; next: quantbook run mine.md\n")
    #expect(try folder.names == ["mine.md"])
    #expect(try folder.read("mine.md").contains("title: \"mine\""))
    let check = try CommandRun.quantbook("check", "mine.md", in: folder)
    #expect(check.status == 0 && check.errors.isEmpty)
  }

  @Test("what it writes runs, and its claims hold", arguments: NewCommand.Template.allCases)
  func runs(_ template: NewCommand.Template) throws {
    _ = try CommandRun.quantbook("new", "mine", "--template", template.rawValue, in: folder)
    let run = try CommandRun.quantbook(
      "run", "mine.md", "--no-cache", "--to", "md", "-o", "-", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("# mine"))
  }

  @Test("it never overwrites, and leaves nothing beside")
  func overwriting() throws {
    try folder.write("precious", to: "mine.md")
    for name in ["mine", "mine.md"] {
      let run = try CommandRun.quantbook("new", name, in: folder)
      #expect(run.status == 1)
      #expect(run.errors.contains("file exists: mine.md [QB0901]"))
    }
    #expect(try folder.read("mine.md") == "precious")
    #expect(try folder.names == ["mine.md"])
  }

  @Test("a folder that is not there is made")
  func missingFolder() throws {
    #expect(try CommandRun.quantbook("new", "none/mine", in: folder).status == 0)
    #expect(try folder.names == ["none"])
    #expect(try folder.read("none/mine.md").contains("```{load}"))
  }

  @Test(
    "names that other tools stumble over are refused",
    arguments: ["", ".", "..", ".md", "-x", "a b", "a\"b", "a\nb", "x/", "a:b", "a*"])
  func names(_ name: String) throws {
    #expect(NewCommand.problem(with: name) != nil)
    #expect(try CommandRun.quantbook("new", "--", name, in: folder).status == 64)
    #expect(try folder.names.isEmpty)
  }

  @Test("good names", arguments: ["report", "2026-11.nf4_a", "dir/report.md", "/tmp/x", "Größe"])
  func goodNames(_ name: String) { #expect(NewCommand.problem(with: name) == nil) }
}
