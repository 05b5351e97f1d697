import ArgumentParser
import Cells
import Foundation
import NotebookLanguage
import Testing

@testable import quantbook

/// The commands that read a notebook without running it.
@Suite struct NotebookCommandTests {
  static let notebook = """
    ---
    params:
      model: starter
      stride: {default: 512, type: int, min: 1, max: 1024, help: Tokens between two windows.}
      scheme: {default: nf4, choices: [nf4, fp4]}
      share: 0.5
      fast: false
    ---

    ```{load}
    #| label: base
    model: {{ params.model }}
    ```

    ```{quantize}
    of: base
    scheme: {{ params.scheme }}
    ```
    """

  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Self.notebook, to: "n.md")
  }

  @Test("params lists name, type, default, bounds, choices and help")
  func params() throws {
    let run = try CommandRun.quantbook("params", "n.md", in: folder)
    #expect(
      run.output == """
        model  string · default starter
        stride  int · default 512 · at least 1 · at most 1024
            Tokens between two windows.
        scheme  string · default nf4 · one of nf4, fp4
        share  number · default 0.5
        fast  bool · default false

        """)
    let json = try CommandRun.quantbook("params", "n.md", "--json", in: folder).output
    let list = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
    #expect(list.map { $0["name"] as? String } == ["model", "stride", "scheme", "share", "fast"])
    #expect(list[1]["default"] as? Int == 512)
    #expect(list[1]["max"] as? Int == 1024)
    #expect(list[2]["choices"] as? [String] == ["nf4", "fp4"])
    #expect(list[4]["default"] as? Bool == false)
  }

  @Test("graph has a node for each cell and an edge for each input, in both languages")
  func graph() throws {
    #expect(
      try CommandRun.quantbook("graph", "n.md", in: folder).output == """
        flowchart TD
          c0["base · load"]
          c1["quantize cell in line 15"]
          c0 --> c1

        """)
    #expect(
      try CommandRun.quantbook("graph", "n.md", "--format", "dot", in: folder).output == """
        digraph notebook {
          node [shape=box];
          c0 [label="base · load"];
          c1 [label="quantize cell in line 15"];
          c0 -> c1;
        }

        """)
  }

  @Test("labels are escaped")
  func escaping() {
    let graph = NotebookGraph(labels: ["a\"b\\c<d>#&`\n"], edges: [])
    #expect(graph.text(.mermaid).contains("[\"a#quot;b\\c#lt;d#gt;#35;#amp;#96; \"]"))
    #expect(graph.text(.dot).contains("[label=\"a\\\"b\\\\c<d>#&` \"]"))
  }

  @Test(
    "a missing notebook ends with 5, one with mistakes with 2",
    arguments: ["params", "graph", "run"])
  func status(_ command: String) throws {
    try folder.write("```{load}\n", to: "bad.md")
    #expect(try CommandRun.quantbook(command, "none.md", in: folder).status == 5)
    let bad = try CommandRun.quantbook(command, "bad.md", in: folder)
    #expect(bad.status == 2)
    #expect(bad.errors.contains("bad.md:1:1: error: this cell is never closed [QB0102]"))
    #expect(try CommandRun.quantbook(command, in: folder).status == 64)
  }

  @Test("- reads the notebook from standard input")
  func standardInput() throws {
    let run = try CommandRun.quantbook("check", "-", in: folder, input: "{{ nothing }}\n")
    #expect(run.status == 2)
    #expect(run.errors.hasPrefix("<stdin>:1:4: error: "))
    #expect(try CommandRun.quantbook("params", "-", in: folder, input: Self.notebook).status == 0)
  }
}

@Suite struct ParameterOptionsTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(NotebookCommandTests.notebook, to: "n.md")
  }

  private func check(_ file: String, _ arguments: String...) throws -> CommandRun {
    try folder.write(file, to: "p.yml")
    return try CommandRun.run(
      CommandRun.executable, ["check", "n.md", "--params", "p.yml"] + arguments, in: folder)
  }

  @Test("a file of parameters is read, and -P wins")
  func precedence() throws {
    #expect(try check("stride: 256\nscheme: fp4\n").status == 0)
    #expect(try check("# nothing\n").status == 0)
    let options = try ParameterOptions.parse(
      ["-P", "stride=64", "--params", folder.url("p.yml").path])
    try folder.write("stride: 256\nmodel: random:gpt2\n", to: "p.yml")
    let parsed = try NotebookParser.parse(
      NotebookFile(path: folder.url("n.md").path).source)
    let checked = try parsed.checked(cellTypes: AllCells.types, settings: options.all())
    #expect(checked.parameters["stride"] == .number(Number(64, origin: .given)))
    #expect(checked.parameters["model"] == .text("random:gpt2"))
  }

  @Test("an unknown parameter is shown in its file, with the nearest name")
  func unknown() throws {
    let run = try check("model: starter\nstrid: 256\n")
    #expect(run.status == 2)
    #expect(
      run.errors == """
        p.yml:2:1: error: no parameter is named 'strid' [QB0701]
            2 | strid: 256
              | ^~~~~
        n.md:3:3: note: parameters are declared here: model, stride, scheme, share, fast
        help: did you mean 'stride'?

        """)
  }

  @Test("a value of the wrong type or out of bounds is shown in its file")
  func mistyped() throws {
    let run = try check("stride: often\nscheme: int4\nshare: [1]\n")
    #expect(
      run.errors.contains(
        "p.yml:3:8: error: the parameter 'share' is a single value, not a list [QB0702]"))
    let other = try check("stride: often\nscheme: int4\n")
    #expect(
      other.errors.contains(
        "p.yml:1:9: error: the parameter 'stride' is a whole number, not 'often' [QB0702]"))
    #expect(other.errors.contains("n.md:4:3: note: it is declared here"))
    #expect(
      other.errors.contains("p.yml:2:9: error: the parameter 'scheme' cannot be 'int4' [QB0702]"))
    #expect(
      try check("stride: 4096\n").errors.contains(
        "p.yml:1:9: error: the parameter 'stride' is at most"))
  }

  @Test(
    "bad files have a message and end with 2",
    arguments: [
      "- a\n", "a: b: c\n", "stride: {{ 1 }}\n", "stride: 1\nstride: 2\n", "stride:\n", "\t- x\n",
      "&a [*a]\n",
    ])
  func bad(_ text: String) throws {
    let run = try check(text)
    #expect(run.status == 2)
    #expect(run.errors.hasPrefix("p.yml:"))
  }

  @Test("a file that is not there is named")
  func missing() throws {
    let run = try CommandRun.quantbook("check", "n.md", "--params", "q.yml", in: folder)
    #expect(run.status == 2)
    #expect(run.errors.contains("[QB0703]") && run.errors.contains("q.yml"))
  }

  @Test("-P without a value is wrong use")
  func malformed() throws {
    #expect(try CommandRun.quantbook("check", "n.md", "-P", "stride", in: folder).status == 64)
  }
}
