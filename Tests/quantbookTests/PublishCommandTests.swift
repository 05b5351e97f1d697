import Foundation
import Testing

@Suite struct PublishCommandTests {
  private static func notebook(_ title: String, date: String = "2026-11-25") -> String {
    """
    ---
    title: \(title)
    date: \(date)
    abstract: It has {{ paper.a.bits }} bits.
    ---

    # Bits of \(title)

    ```{published}
    #| label: paper
    source: A paper
    columns: [a, b]
    rows: {bits: [4, 8]}
    ```

    ```{plot}
    #| label: fig-bits
    #| fig-cap: Bits.
    kind: bar
    from: paper
    y: bits
    ```
    """
  }

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["notebooks/gpt2", "notebooks/_parts"] {
      try FileManager.default.createDirectory(
        at: folder.url(name), withIntermediateDirectories: true)
    }
    try folder.write(Self.notebook("One"), to: "notebooks/one.md")
    try folder.write(Self.notebook("Two", date: "2026-01-02"), to: "notebooks/gpt2/two.md")
    try folder.write(Self.notebook("Part"), to: "notebooks/_parts/part.md")
    try folder.write("# Read me\n", to: "notebooks/README.md")
    return folder
  }

  private func names(in folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.url("site").path).sorted()
      .filter { !$0.hasPrefix("quantbook-") }
  }

  @Test("a folder of notebooks becomes a site")
  func site() throws {
    let folder = try folder()
    let run = try CommandRun.quantbook(
      "publish", "notebooks", "-o", "site", "--url", "https://example.org/r", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("notebooks/README.md is left out"))
    #expect(
      try names(in: folder) == [
        ".nojekyll", "feed.xml", "gpt2", "gpt2/two.html", "gpt2/two.svg", "index.html", "one.html",
        "one.svg", "sitemap.xml",
      ])
    let index = try folder.read("site/index.html")
    let one = try #require(index.range(of: "<a href=\"one.html\">One</a>"))
    let two = try #require(index.range(of: "<a href=\"gpt2/two.html\">Two</a>"))
    #expect(one.lowerBound < two.lowerBound)
    #expect(index.contains("It has 4 bits."))
    #expect(index.contains("<a href=\"one.html#bits-of-one\">"))
    #expect(
      try folder.read("site/feed.xml").contains("<link>https://example.org/r/one.html</link>"))
    #expect(try folder.read("site/gpt2/two.html").contains("<a href=\"../index.html\">"))
  }

  @Test("a notebook that fails is marked, keeps its last good page, and ends the command")
  func failure() throws {
    let folder = try folder()
    #expect(try CommandRun.quantbook("publish", "notebooks", "-q", in: folder).status == 0)
    let good = try folder.read("site/one.html")
    try folder.write(
      Self.notebook("One").replacingOccurrences(of: "from: paper", with: "from: papers"),
      to: "notebooks/one.md")
    let run = try CommandRun.quantbook("publish", "notebooks", "-q", in: folder)
    #expect(run.status == 2)
    #expect(run.errors.contains("did you mean 'paper'"))
    #expect(try folder.read("site/one.html") == good)
    let index = try folder.read("site/index.html")
    #expect(index.contains("<strong>Failed</strong>"))
    #expect(index.contains("The report is that of an earlier run."))
    #expect(index.contains("notebooks/one.md:"))
    #expect(index.contains("<a href=\"gpt2/two.html\">Two</a>"))
    // Mended, the mark goes.
    try folder.write(Self.notebook("One"), to: "notebooks/one.md")
    #expect(try CommandRun.quantbook("publish", "notebooks", "-q", in: folder).status == 0)
    #expect(try !folder.read("site/index.html").contains("Failed"))
  }

  @Test("a cell that fails leaves a page of what was computed before, beside the others")
  func failingCell() throws {
    let folder = try folder()
    try folder.write(
      Self.notebook("One") + "\n\n```{load}\n#| label: base\nmodel: nowhere/at-all\n```\n",
      to: "notebooks/one.md")
    let run = try CommandRun.quantbook("publish", "notebooks", "-q", in: folder)
    #expect(run.status == 5)
    #expect(try names(in: folder).contains("one.failed.html"))
    #expect(try !names(in: folder).contains("one.html"))
    let index = try folder.read("site/index.html")
    #expect(index.contains("href=\"one.failed.html\""))
    #expect(index.contains("<h2><a href=\"one.failed.html\">One</a></h2>"))
  }

  @Test("pages of notebooks that are gone go too; files of others stay")
  func removal() throws {
    let folder = try folder()
    #expect(try CommandRun.quantbook("publish", "notebooks", "-q", in: folder).status == 0)
    try folder.write("example.org\n", to: "site/CNAME")
    try FileManager.default.removeItem(at: folder.url("notebooks/gpt2"))
    #expect(try CommandRun.quantbook("publish", "notebooks", "-q", in: folder).status == 0)
    #expect(
      try names(in: folder) == [".nojekyll", "CNAME", "index.html", "one.html", "one.svg"])
  }

  @Test("files of others are never written over, and nothing is written then")
  func others() throws {
    let folder = try folder()
    try FileManager.default.createDirectory(
      at: folder.url("site"), withIntermediateDirectories: true)
    for name in ["index.html", "one.html", "gpt2"] {
      let path = name == "gpt2" ? "site/gpt2/two.svg" : "site/\(name)"
      try FileManager.default.createDirectory(
        at: folder.url("site/gpt2"), withIntermediateDirectories: true)
      try folder.write("mine", to: path)
      let run = try CommandRun.quantbook("publish", "notebooks", in: folder)
      #expect(run.status == 1)
      #expect(run.errors.contains("'\(path)' is there, and is no file of an earlier site"))
      #expect(try folder.read(path) == "mine")
      try FileManager.default.removeItem(at: folder.url(path))
      #expect(try names(in: folder).filter { $0 != "gpt2" }.isEmpty)
    }
    try folder.write("{", to: "site/quantbook-site.json")
    let damaged = try CommandRun.quantbook("publish", "notebooks", in: folder)
    #expect(damaged.status == 1)
    #expect(damaged.errors.contains("'site/quantbook-site.json' cannot be read"))
  }

  @Test("characters that mean something in an address are those of a name")
  func addresses() throws {
    let folder = try folder()
    try folder.write(Self.notebook("Odd"), to: "notebooks/a?b#c%25:d.md")
    let run = try CommandRun.quantbook(
      "publish", "notebooks", "-q", "--url", "https://example.org/", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let address = "a%3Fb%23c%2525%3Ad.html"
    #expect(try folder.read("site/index.html").contains("<a href=\"\(address)\">Odd</a>"))
    #expect(try folder.read("site/sitemap.xml").contains("https://example.org/\(address)"))
    #expect(try folder.read("site/feed.xml").contains("https://example.org/\(address)"))
  }

  @Test("a record that was tampered with removes nothing outside the site, and writes no markup")
  func hostileRecord() throws {
    let folder = try folder()
    #expect(try CommandRun.quantbook("publish", "notebooks", "-q", in: folder).status == 0)
    try folder.write("keep", to: "precious.html")
    let path = "site/quantbook-site.json"
    let written = try JSONSerialization.jsonObject(with: Data(folder.read(path).utf8))
    var record = try #require(written as? [String: Any])
    let files = try #require(record["files"] as? [String])
    record["files"] = files + ["../precious.html", "/etc/passwd", "sub/../../precious.html"]
    record["entries"] = [
      [
        "notebook": "notebooks/one.md", "page": "one.html", "title": "<script>", "authors": [],
        "language": "en", "thumbnail": "javascript:alert(1)",
        "headings": [["level": 1, "number": "1", "anchor": "\"><script>", "text": "a"]],
      ] as [String: Any]
    ]
    try JSONSerialization.data(withJSONObject: record).write(to: folder.url(path))
    try folder.write("---\ntitle: [\n---\n", to: "notebooks/one.md")
    #expect(try CommandRun.quantbook("publish", "notebooks", "-q", in: folder).status == 2)
    #expect(try folder.read("precious.html") == "keep")
    let index = try folder.read("site/index.html")
    #expect(index.components(separatedBy: "<script>").count == 2)
    #expect(!index.contains("javascript:"))
    #expect(index.contains("<a href=\"one.html\">&lt;script&gt;</a>"))
  }

  @Test(
    "what would have the same page, or the index's, is refused before anything is written",
    arguments: [
      (["notebooks/one.md", "notebooks/gpt2/one.md"], "would have the same page one.html"),
      (["notebooks/index.md"], "which lists the site's reports"),
    ])
  func collisions(_ paths: [String], _ message: String) throws {
    let folder = try folder()
    try folder.write(Self.notebook("Other"), to: "notebooks/gpt2/one.md")
    try folder.write(Self.notebook("Index"), to: "notebooks/index.md")
    let run = try CommandRun.run(CommandRun.executable, ["publish"] + paths, in: folder)
    #expect(run.status == 1)
    #expect(run.errors.contains(message))
    #expect(!FileManager.default.fileExists(atPath: folder.url("site").path))
  }

  @Test("a notebook that is not there is said so, with a guess")
  func missing() throws {
    let folder = try folder()
    let run = try CommandRun.quantbook("publish", "notebooks/onr.md", in: folder)
    #expect(run.status == 5)
    #expect(run.errors.contains("did you mean 'one.md'?"))
  }
}
