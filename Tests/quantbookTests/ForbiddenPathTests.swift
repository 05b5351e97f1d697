import Foundation
import TestSupport
import Testing

/// A stranger's notebook reads its own folder, and writes nowhere but into the output folder.
@Suite struct ForbiddenPathTests {
  private let folder: TemporaryFolder

  /// `book` with a notebook's files, `secret.txt` and a model beside it.
  init() throws {
    folder = try TemporaryFolder()
    for name in ["book/model", "model", "empty"] {
      try FileManager.default.createDirectory(
        at: folder.url(name), withIntermediateDirectories: true)
    }
    try folder.write(
      String(repeating: "A secret of many words, and no notebook's. ", count: 9), to: "secret.txt")
    try folder.write("{\"secret\": 1}", to: "model/config.json")
    try folder.write("body { color: red }", to: "style.css")
    try folder.write("@book{a, title={A}}", to: "works.bib")
    try folder.write("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", to: "picture.svg")
  }

  private func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: folder.url(name).path, withDestinationPath: target)
  }

  private static func cell(_ kind: String, _ body: String) -> String {
    "```{\(kind)}\n#| label: a\n\(body)\n```\n"
  }

  /// What `check` and `run` say of a notebook.
  private func runs(_ notebook: String, _ arguments: String...) throws -> [CommandRun] {
    try folder.write(notebook, to: "book/n.md")
    return try ["check", "run"].map { command in
      try CommandRun.run(
        CommandRun.executable,
        [command, "book/n.md"] + arguments + (command == "run" ? ["-q", "-o", "out"] : []),
        in: folder)
    }
  }

  private static let names = [
    "../secret.txt", "/etc/passwd", "/proc/self/environ", "/dev/zero", "file", "up/secret.txt",
    "../*.txt",
    "up/*.txt", "/*/passwd", "d*/../../secret.txt", "pipe",
    "../boo\u{301}k/secret.txt", "../\u{301}x.txt", "../\u{301}*.txt",
  ]

  @Test("no text leads out", arguments: names)
  func texts(_ name: String) throws {
    try link("book/file", to: "../secret.txt")
    try link("book/up", to: "..")
    try FileManager.default.createDirectory(
      at: folder.url("book/deep"), withIntermediateDirectories: true)
    #expect(mkfifo(folder.url("book/pipe").path, 0o600) == 0)
    for run in try runs(Self.cell("corpus", "text: \"\(name)\"")) {
      #expect(run.status != 0)
      #expect(run.errors.contains("book/n.md:3:7: error: '\(name)' "), "\(run.errors)")
      #expect(run.errors.contains("[QB0110]"), "\(run.errors)")
      let hasAdvice = ![
        "pipe", "/proc/self/environ", "/dev/zero", "/*/passwd", "d*/../../secret.txt",
      ].contains(name)
      #expect(run.errors.contains("--allow-path /") == hasAdvice, "\(run.errors)")
      #expect(!run.errors.contains("--allow-path / "), "\(run.errors)")
    }
  }

  @Test(
    "what names nothing is told so, and nothing is advised that opens the disk or the own folder",
    arguments: [
      (Self.cell("corpus", "text: \"\""), "the path is empty: it names no file"),
      (Self.cell("corpus", "text: loop"), "'loop' leads nowhere"),
      (Self.cell("corpus", "text: none/../n.md"), "'none/../n.md' leads nowhere"),
      (Self.cell("corpus", "text: /etc/pass*"), "--allow-path /etc lets"),
      (Self.cell("corpus", "text: /"), "'/' lies outside"),
      (Self.cell("load", "model: \"\""), "the path is empty: it names no file"),
      (Self.cell("load", "model: /etc"), "--allow-path /etc lets"),
      (Self.cell("load", "model: ."), ". is no model: it lacks config.json"),
      (Self.cell("load", "model: /proc/self"), "'/proc/self' lies outside"),
      ("```{include}\nfile: \"\"\n```\n", "the path is empty: it names no notebook"),
      ("```{include}\nfile: .\n```\n", "'.' cannot be read: not a regular file: ."),
      ("![a](.)\n", "'.' cannot be read: not a regular file: ."),
      ("---\nformat: {html: {css: \"\"}}\n---\n", "the path is empty: it names no file"),
    ])
  func advice(_ notebook: String, _ message: String) throws {
    try link("book/loop", to: "loop")
    let run = try runs(notebook)[0]
    #expect(run.status == 2, "\(run.errors)")
    #expect(run.errors.contains(message), "\(run.errors)")
    for folder in ["/ ", "/proc", "/dev", folder.url("book").path] {
      #expect(!run.errors.contains("--allow-path \(folder)"), "\(run.errors)")
    }
  }

  @Test("a report says of the notebook's own files nothing of where the notebook lies")
  func reports() throws {
    try folder.write("damaged", to: "book/b.txt.zst")
    try folder.write("{}", to: "book/c.json")
    try folder.write(
      "```{corpus}\n#| label: a\n#| error: true\ntext: b.txt.zst\n```\n\n"
        + "```{load}\n#| label: b\n#| error: true\nmodel: random:c.json\n```\n",
      to: "book/n.md")
    let run = try CommandRun.quantbook("run", "book/n.md", "-q", "-o", "out", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    for name in ["n.html", "n.md", "n.results.json"] {
      let text = try folder.read("out/\(name)")
      #expect(text.contains("b.txt.zst: "), "\(name)")
      #expect(text.contains("c.json: "), "\(name)")
      #expect(!text.contains(folder.url.lastPathComponent), "\(name)")
    }
  }

  @Test(
    "a notebook that includes itself by another name is a circle",
    arguments: ["../book/n.md", "link.md", "./../book/../book/n.md"])
  func circle(_ name: String) throws {
    try link("book/link.md", to: "n.md")
    let run = try runs("```{include}\nfile: \(name)\n```\n")[0]
    #expect(run.errors.contains("include each other in a circle: n.md → "), "\(run.errors)")
  }

  @Test(
    "no model leads out, whole or by one of its files",
    arguments: [
      "../model", "link", "model", "/etc", "random:../model/config.json", "random:/etc/x.json",
    ])
  func models(_ name: String) throws {
    try link("book/link", to: "../model")
    try link("book/model/config.json", to: "../../model/config.json")
    for run in try runs(Self.cell("load", "model: \"\(name)\"")) {
      #expect(run.status != 0)
      #expect(run.errors.contains("book/n.md:3:8: error: "), "\(run.errors)")
      #expect(run.errors.contains("[QB0110]"), "\(run.errors)")
      #expect(!run.errors.contains("secret\""))
    }
  }

  @Test("it is told before a cell runs that stands earlier, and of every cell at once")
  func beforeAnyCellRuns() throws {
    let earlier = "```{load}\n#| label: first\nmodel: random:gpt2\n```\n\n"
    for run in try runs(
      earlier + Self.cell("load", "model: ../model")
        + "\n```{corpus}\n#| label: b\ntext: /etc/passwd\n```\n")
    {
      #expect(run.status == 2)
      #expect(run.errors.contains("book/n.md:8:8: error: "), "\(run.errors)")
      #expect(run.errors.contains("book/n.md:13:7: error: "), "\(run.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.url("out").path))
  }

  @Test("a folder of texts has no link that leads out")
  func folderOfTexts() throws {
    try link("book/model/a.txt", to: "../../secret.txt")
    for run in try runs(Self.cell("corpus", "text: model")) {
      #expect(run.errors.contains("[QB0110]"), "\(run.errors)")
    }
  }

  @Test("neither do style, template, bibliography, picture and include")
  func files() throws {
    let notebooks = [
      "---\nformat: {html: {css: ../style.css}}\n---\n",
      "---\nformat: {html: {template: ../style.css}}\n---\n",
      "---\nbibliography: ../works.bib\n---\n", "![a](../picture.svg)\n", "![a](link.svg)\n",
      "```{include}\nfile: ../secret.txt\n```\n",
    ]
    try link("book/link.svg", to: "../picture.svg")
    for notebook in notebooks {
      for run in try runs(notebook) {
        #expect(run.status == 2)
        #expect(run.errors.contains("[QB0110]"), "\(notebook): \(run.errors)")
        #expect(run.errors.contains("book/n.md:"), "\(notebook): \(run.errors)")
      }
    }
    for notebook in notebooks[2...4] {
      for run in try runs(notebook, "--allow-path", ".") {
        #expect(run.status == 0, "\(notebook): \(run.errors)")
      }
    }
  }

  @Test("--allow-path opens a folder, and what the user names by -P or --params is open")
  func allowed() throws {
    let direct = Self.cell("corpus", "text: ../secret.txt")
    for run in try runs(direct, "--allow-path", "empty") { #expect(run.status != 0) }
    for run in try runs(direct, "--allow-path", "empty", "--allow-path", ".") {
      #expect(run.status == 0, "\(run.errors)")
    }
    let named =
      "---\nparams: {file: a, other: b}\n---\n" + Self.cell("corpus", "text: \"{{ params.file }}\"")
    try folder.write("file: ../secret.txt\n", to: "p.yml")
    let secret = folder.url("secret.txt").path
    for settings in [
      ["-P", "file=\(secret)"], ["-P", "file=../secret.txt"], ["--params", "p.yml"],
      ["-P", "file=\(folder.url.path)/s*.txt"],
    ] {
      for run in try runs(named, settings[0], settings[1]) {
        #expect(run.status == 0, "\(run.errors)")
      }
    }
    for run in try runs(named.replacing("file: a", with: "file: ../secret.txt"), "-P", "other=/") {
      #expect(run.errors.contains("[QB0110]"), "\(run.errors)")
    }
  }

  @Test("committed results give no parameter leave to name a file")
  func verify() throws {
    let named =
      "---\nparams: {file: n.md}\n---\n" + Self.cell("corpus", "text: \"{{ params.file }}\"")
    for run in try runs(named, "-P", "file=../secret.txt") {
      #expect(run.status == 0, "\(run.errors)")
    }
    let again = try CommandRun.quantbook("verify", "book/n.md", "-o", "out", "-q", in: folder)
    #expect(again.errors.contains("[QB0110]"), "\(again.errors)")
    let given = try CommandRun.quantbook(
      "verify", "book/n.md", "-o", "out", "-q", "-P", "file=../secret.txt", in: folder)
    #expect(given.status == 0, "\(given.errors)")
  }

  @Test("a link inside the output folder leads no file elsewhere")
  func output() throws {
    try FileManager.default.createDirectory(
      at: folder.url("out"), withIntermediateDirectories: true)
    try link("out/n_files", to: "../empty")
    try folder.write(try folder.read("picture.svg"), to: "book/p.svg")
    try folder.write("![a](p.svg)\n", to: "book/n.md")
    let run = try CommandRun.quantbook("run", "book/n.md", "-o", "out", "-q", in: folder)
    #expect(run.status == 1)
    #expect(run.errors.contains("leads out of its folder out"), "\(run.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url("empty").path).isEmpty)
  }
}
