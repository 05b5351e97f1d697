import Foundation
import Testing

@Suite struct OutputFormatTests {
  private static let notebook = """
    ---
    title: Pictures
    ---

    ![A plot](pictures/a.png "A caption")

    ```{published}
    #| label: paper
    source: A paper
    columns: [a]
    rows: {bits: [4]}
    ```

    ```{plot-table}
    #| label: tbl-bits
    #| tbl-cap: Bits.
    from: paper
    columns: [a]
    rows: [{label: Bits, value: bits}]
    ```
    """

  private static let png = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: folder.url("pictures"), withIntermediateDirectories: true)
    try Self.png.write(to: folder.url("pictures/a.png"))
    try folder.write(Self.notebook, to: "n.md")
    return folder
  }

  @Test("each format writes its files, bytes as they are")
  func files() throws {
    let folder = try folder()
    let run = try CommandRun.quantbook(
      "run", "n.md", "-o", "out", "--to", "html,md,csv,ipynb", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try Data(contentsOf: folder.url("out/n_files/pictures-a.png")) == Self.png)
    #expect(try folder.read("out/n_files/tbl-bits.csv") == ",a\r\nBits,4\r\n")
    #expect(try folder.read("out/n.ipynb").contains("\"nbformat\": 4"))
    #expect(try folder.read("out/n.html").contains("<figcaption>A caption</figcaption>"))
    #expect(try folder.read("out/n.md").contains("![A plot](n_files/pictures-a.png \"A caption\")"))
  }

  @Test("without Chromium a PDF is refused before anything runs, and nothing is written")
  func noBrowser() throws {
    let folder = try folder()
    let run = try CommandRun.run(
      URL(fileURLWithPath: "/usr/bin/env"),
      [
        "CHROMIUM=/nowhere/chromium", CommandRun.executable.path, "run", "n.md", "-o", "out",
        "--to",
        "html,pdf",
      ], in: folder)
    #expect(run.status == 5)
    #expect(
      run.errors.contains(
        "error: no program is found at '/nowhere/chromium', which CHROMIUM names [QB0905]"))
    #expect(!FileManager.default.fileExists(atPath: folder.url("out/n.html").path))
  }

  @Test("a browser that fails leaves no report behind, nor an earlier one changed")
  func failingBrowser() throws {
    let folder = try folder()
    let run = try CommandRun.run(
      URL(fileURLWithPath: "/usr/bin/env"),
      [
        "CHROMIUM=/bin/false", CommandRun.executable.path, "run", "n.md", "-o", "out", "--to",
        "html,pdf",
      ], in: folder)
    #expect(run.status == 1)
    #expect(run.errors.contains("the PDF could not be printed: /bin/false ended with 1"))
    #expect(!FileManager.default.fileExists(atPath: folder.url("out/n.html").path))
  }

  @Test("standard output takes what is one text")
  func standardOutput() throws {
    let folder = try folder()
    let refused = try CommandRun.quantbook("run", "n.md", "-o", "-", "--to", "csv", in: folder)
    #expect(refused.status == 64)
    #expect(refused.errors.contains("say which with --to html, md, json or ipynb"))
    let given = try CommandRun.quantbook("run", "n.md", "-o", "-", "--to", "ipynb", in: folder)
    #expect(given.status == 0 && given.output.hasPrefix("{\n  \"cells\": ["))
  }

  @Test("check and run say what is wrong with a picture, at its place")
  func pictureMistakes() throws {
    let folder = try folder()
    try folder.write(String(repeating: "x", count: 5 << 20), to: "large.png")
    try folder.write("no picture", to: "text.png")
    let head: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]
    try Data(head + Array("IHDR".utf8) + [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]).write(
      to: folder.url("huge.png"))
    try folder.write(
      """
      ![a](pictures/b.png)
      ![a](../outside.png)
      ![a](large.png)
      ![a](text.png)
      ![a](https://example.org/a.png)
      ![a](huge.png)
      """, to: "wrong.md")
    let check = try CommandRun.quantbook("check", "wrong.md", in: folder)
    #expect(check.status == 2)
    for expected in [
      "wrong.md:1:6: error: there is no picture 'pictures/b.png' [QB0607]",
      "did you mean 'pictures/a.png'?",
      "wrong.md:2:6: error: '../outside.png' lies outside the notebook's folder",
      "wrong.md:6:6: error: 'huge.png' has 30000 × 30000 pixels; a picture has at most 100 million",
      "wrong.md:3:6: error: 'large.png' has 5242880 bytes; a picture has at most 4 MiB",
      "wrong.md:4:6: error: 'text.png' is none of PNG, JPEG, GIF, WebP and SVG",
      "wrong.md:5:6: error: a report makes no requests: 'https://example.org/a.png' is no file",
    ] { #expect(check.errors.contains(expected), "\(check.errors)") }
    let run = try CommandRun.quantbook("run", "wrong.md", "-o", "out", in: folder)
    #expect(run.status == 2)
    #expect(!FileManager.default.fileExists(atPath: folder.url("out/wrong.html").path))
  }

  @Test("pictures count as often as they are shown")
  func together() throws {
    let folder = try folder()
    try (Self.png + Data(count: 3 << 20)).write(to: folder.url("p.png"))
    try folder.write(String(repeating: "![a](p.png)\n", count: 6), to: "many.md")
    let check = try CommandRun.quantbook("check", "many.md", in: folder)
    #expect(check.status == 2)
    #expect(check.errors.contains("the pictures of a report have at most 16 MiB together"))
  }

  @Test("a picture whose name is computed is read when the report is made")
  func computedName() throws {
    let folder = try folder()
    try folder.write(
      "---\nparams: {name: a}\n---\n\n![x](pictures/{{ params.name }}.png)", to: "computed.md")
    let run = try CommandRun.quantbook(
      "run", "computed.md", "-o", "out", "--to", "html", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try folder.read("out/computed.html").contains("data:image/png;base64,"))
    let missing = try CommandRun.quantbook(
      "run", "computed.md", "-o", "out", "-P", "name=c", in: folder)
    #expect(missing.status == 2)
    #expect(missing.errors.contains("there is no picture 'pictures/c.png'"))
  }
}
