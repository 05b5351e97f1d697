import Foundation
import Testing

/// What the command line names for a parameter lies in the notebook's folder or where the user stands.
@Suite struct ParameterPathTests {
  private let folder: TemporaryFolder

  /// `book/n.md` and `book/both.txt`; where the user stands, `both.txt`, `texts` and a model `m/small`.
  init() throws {
    folder = try TemporaryFolder()
    for name in ["book", "texts", "m/small"] {
      try FileManager.default.createDirectory(
        at: folder.url(name), withIntermediateDirectories: true)
    }
    try folder.write(
      """
      ---
      params: {model: starter, text: house-prose}
      ---

      ```{load}
      #| label: base
      model: "{{ params.model }}"
      ```

      ```{corpus}
      #| label: text
      text: "{{ params.text }}"
      ```

      {{ text.bytes }} bytes, {{ base.parameters }} parameters.

      """, to: "book/n.md")
    try folder.write("in the book", to: "book/both.txt")
    try folder.write("where the user stands", to: "both.txt")
    try folder.write("one", to: "texts/a.txt")
    try folder.write("three", to: "texts/b.txt")
    let source = URL(filePath: #filePath)
      .appending(path: "../../Fixtures/data/quantized/source").standardized
    for name in ["config.json", "model.safetensors"] {
      try FileManager.default.copyItem(
        at: source.appending(path: name), to: folder.url("m/small/\(name)"))
    }
  }

  private func run(_ settings: String...) throws -> CommandRun {
    try CommandRun.run(
      CommandRun.executable,
      ["run", "book/n.md", "-q", "--offline", "--to", "md", "-o", "out"]
        + settings.flatMap { ["-P", $0] },
      in: folder)
  }

  @Test(
    "a text of the working folder, unless the notebook's folder has one of the name",
    arguments: [
      ("both.txt", 11), ("texts/a.txt", 3), ("texts", 10), ("texts/*.txt", 10),
      ("{texts/a,texts/b}.txt", 10), ("./texts/b.txt", 5),
    ])
  func texts(_ name: String, _ bytes: Int) throws {
    let run = try run("text=\(name)")
    #expect(run.status == 0, "\(run.errors)")
    #expect(try folder.read("out/n.md").contains("\(bytes) bytes"))
  }

  @Test("a model that lies there is not asked of the Hub")
  func models() throws {
    let run = try run("model=m/small")
    #expect(run.status == 0, "\(run.errors)")
    #expect(try self.run("model=./m/small").status == 0)
    let random = try self.run("model=random:m/small/config.json")
    #expect(random.status == 0, "\(random.errors)")
  }

  @Test("a file of parameters names them as well, and what nobody has is missing")
  func files() throws {
    try folder.write("text: texts/a.txt\n", to: "p.yml")
    let run = try CommandRun.quantbook(
      "check", "book/n.md", "--params", "p.yml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    // A folder of the name without a file that fits is not what was meant.
    try FileManager.default.createDirectory(
      at: folder.url("book/texts"), withIntermediateDirectories: true)
    #expect(try self.run("text=texts/*.txt").status == 0)
    let half = try self.run("text={texts/a,texts/c}.txt")
    #expect(half.errors.contains("names 'texts/c.txt'"), "\(half.errors)")
    let missing = try self.run("text=texts/c.txt")
    #expect(missing.status == 5)
    #expect(missing.errors.contains("no text is called 'texts/c.txt'"), "\(missing.errors)")
  }

  @Test("the notebook itself does not get there")
  func notebook() throws {
    try folder.write("```{corpus}\n#| label: a\ntext: texts/a.txt\n```\n", to: "book/own.md")
    let run = try CommandRun.quantbook("check", "book/own.md", in: folder)
    #expect(run.errors.contains("no text is called 'texts/a.txt'"), "\(run.errors)")
  }
}
