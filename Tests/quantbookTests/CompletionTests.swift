import Foundation
import Testing

@testable import quantbook

@Suite struct CompletionTests {
  @Test(
    "each shell's script knows the commands and their options", arguments: ["bash", "zsh", "fish"])
  func script(_ shell: String) throws {
    let run = try CommandRun.quantbook("--generate-completion-script", shell)
    #expect(run.status == 0)
    for word in ["explain", "schema", "params", "graph", "template", "diagnostics", "QB0203"] {
      #expect(run.output.contains(word), "\(word)")
    }
    // The topics of `help` are ours, not swift-argument-parser's list of commands.
    #expect(run.output.contains("---completion help --"))
    #expect(run.output.split(separator: "\n").count { $0 == "_quantbook_help() {" } <= 1)
    #expect(!run.output.contains("Show subcommand help information."))
    #expect(!run.output.contains("schema help'"))
    let interpreter = ["/usr/bin", "/bin", "/usr/local/bin"].map { "\($0)/\(shell)" }
      .first(where: FileManager.default.isExecutableFile)
    guard let interpreter else { return }
    let folder = try TemporaryFolder()
    try folder.write(run.output, to: "script")
    let parsed = try CommandRun.run(
      URL(fileURLWithPath: interpreter), ["-n", folder.url("script").path])
    #expect(parsed.status == 0 && parsed.errors.isEmpty)
  }

  @Test("parameters and labels are those of the notebook that was typed")
  func parameters() throws {
    let folder = try TemporaryFolder()
    try folder.write(NotebookCommandTests.notebook, to: "n.md")
    let path = folder.url("n.md").path
    #expect(
      TypedNotebook.parameters(in: ["quantbook", "run", path, "-P", "s"])
        == [
          "model=", "stride=", "scheme=nf4", "scheme=fp4", "share=", "fast=true", "fast=false",
        ])
    #expect(TypedNotebook.labels(in: ["quantbook", "run", path, "--refresh", ""]) == ["base"])
    #expect(TypedNotebook.parameters(in: ["quantbook", "run", "none.md"]).isEmpty)
  }
}
