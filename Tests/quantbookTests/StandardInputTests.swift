import Foundation
import Testing

/// `-P text=-`: what is piped in is a text.
@Suite struct StandardInputTests {
  private let folder: TemporaryFolder
  private static let text = "A text that somebody pipes in.\n"

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(
      """
      ---
      params: {text: house-prose}
      ---

      ```{corpus}
      #| label: text
      text: {{ params.text }}
      ```

      {{ text.name }} has {{ text.bytes }} bytes.

      """, to: "n.md")
  }

  private func run(_ arguments: String..., input: String = text) throws -> CommandRun {
    try CommandRun.run(CommandRun.executable, arguments, in: folder, input: input)
  }

  @Test func isReadToItsEndAndNamed() throws {
    let run = try run("run", "n.md", "-P", "text=-", "--to", "md", "-o", "-", "--no-cache")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("standard input has \(Self.text.utf8.count) bytes."))
    #expect(run.output.contains("standard input, \(Self.text.utf8.count) bytes, SHA-256"))
  }

  @Test func mayBeCompressed() throws {
    let fixture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/data/compressed/text")
    let facts = try (["txt", "gz", "xz", "zst"]).map { ending in
      let piped = fixture.appendingPathExtension(ending).path
      let run = try CommandRun.run(
        URL(filePath: "/bin/sh"),
        [
          "-c", "\"$0\" run n.md -P text=- --to md -o - --no-cache < '\(piped)'",
          CommandRun.executable.path,
        ], in: folder)
      #expect(run.status == 0, "\(run.errors)")
      return run.output.split(separator: "\n").first { $0.contains("SHA-256") }
    }
    #expect(facts[0] != nil && Set(facts).count == 1, "\(facts)")
  }

  @Test func keepsResultsByWhatItHolds() throws {
    #expect(try run("run", "n.md", "-P", "text=-").status == 0)
    #expect(try run("run", "n.md", "-P", "text=-", "--frozen").status == 0)
    let other = try run("run", "n.md", "-P", "text=-", "--frozen", input: "Another.")
    #expect(other.status == 4)
  }

  @Test func isTheCommandLinesWordAlone() throws {
    try folder.write("```{corpus}\ntext: \"-\"\n```\n", to: "own.md")
    let own = try run("run", "own.md")
    #expect(own.status != 0 && own.errors.contains("-P text=-"), "\(own.errors)")
    let piped = try CommandRun.quantbook(
      "run", "-", "-P", "text=-", in: folder, input: try folder.read("n.md"))
    #expect(
      piped.status != 0 && piped.errors.contains("a notebook that is a file"), "\(piped.errors)")
  }
}
