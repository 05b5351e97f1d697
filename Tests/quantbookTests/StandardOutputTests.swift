import Foundation
import Testing

@Suite struct StandardOutputTests {
  let folder: TemporaryFolder
  static let notebook = """
    ```{published}
    #| label: paper
    source: A paper
    columns: [nf4]
    rows: {memory: [12.5]}
    ```

    They report {{ paper.nf4.memory }}.

    """

  init() throws { folder = try TemporaryFolder() }

  @Test("run - -o - reads standard input, writes one format to standard output and no file")
  func json() throws {
    let run = try CommandRun.quantbook(
      "run", "-", "--to", "json", "-o", "-", in: folder, input: Self.notebook)
    #expect(run.status == 0)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    let notebook = try #require(object["notebook"] as? [String: Any])
    #expect(notebook["file"] as? String == "<stdin>")
    #expect(try folder.names.isEmpty)
  }

  @Test("Markdown and HTML too", arguments: ["md", "html"])
  func others(_ format: String) throws {
    let run = try CommandRun.quantbook(
      "run", "-", "--to", format, "-o", "-", in: folder, input: Self.notebook)
    #expect(run.status == 0)
    #expect(run.output.contains("They report"))
    #expect(run.output.lowercased().contains("<html") == (format == "html"))
  }

  @Test("charts of Markdown that have no folder are named, and their data are there")
  func charts() throws {
    let plot = "```{plot}\n#| label: fig-memory\nkind: bar\nfrom: paper\ny: memory\n```\n"
    let run = try CommandRun.quantbook(
      "run", "-", "--to", "md", "-o", "-", in: folder, input: Self.notebook + plot)
    #expect(run.status == 0)
    #expect(
      run.errors
        == "warning: charts of Markdown need a folder (-o FOLDER); their data stand in the place of "
        + "fig-memory\n")
    #expect(run.output.contains("| nf4 | 12.5 |"))
    #expect(!run.output.contains(".svg"))
    let html = try CommandRun.quantbook(
      "run", "-", "--to", "html", "-o", "-", in: folder, input: Self.notebook + plot)
    #expect(html.errors.isEmpty && html.output.contains("<svg"))
  }

  @Test("--refresh refuses an address that there is not")
  func refresh() throws {
    let run = try CommandRun.quantbook(
      "run", "-", "--to", "json", "-o", "-", "--refresh", "papr", "--refresh", "paper.nf4",
      in: folder, input: Self.notebook)
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("error: --refresh: no cell is labelled 'papr' [QB0301]"))
    #expect(run.errors.contains("did you mean 'paper'?"))
    #expect(run.errors.contains("error: --refresh: 'paper' is no sweep: it has no value 'nf4'"))
  }

  @Test("several formats cannot share standard output")
  func several() throws {
    for arguments in [["-o", "-"], ["-o", "-", "--to", "json,md"]] {
      let run = try CommandRun.run(
        CommandRun.executable, ["run", "-"] + arguments, in: folder, input: Self.notebook)
      #expect(run.status == 64)
      #expect(run.output.isEmpty)
    }
  }

  @Test("a failure leaves standard output empty and ends with 5 for a missing model")
  func failure() throws {
    let run = try CommandRun.quantbook(
      "run", "-", "--to", "json", "-o", "-", in: folder,
      input: "```{load}\n#| label: base\nmodel: none\n```\n")
    #expect(run.status == 5)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("<stdin>:3:8: error: "))
    #expect(try folder.names.isEmpty)
  }

  @Test("reports of standard input are called stdin")
  func folderName() throws {
    let run = try CommandRun.quantbook(
      "run", "-", "-o", "out", "--to", "json", in: folder, input: Self.notebook)
    #expect(run.errors.contains("wrote out/stdin.results.json"))
  }
}
