import Diagnostics
import Foundation
import NotebookLanguage
import Testing

@testable import quantbook

/// Notebooks as files: encodings, and notebooks that include others.
@Suite struct NotebookFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func check(_ name: String) throws -> CommandRun {
    try CommandRun.quantbook("check", name, in: folder)
  }

  @Test("bytes that are no UTF-8 have a line and a column")
  func encoding() throws {
    try Data("\u{FEFF}Größe\r\n\r\nab".utf8 + [0xFF, 0xFE] + "c\n".utf8).write(
      to: folder.url("n.md"))
    let run = try check("n.md")
    #expect(run.status == 2)
    #expect(
      run.errors == """
        n.md:3:3: error: this is not UTF-8 text [QB0101]
            3 | ab\u{FFFD}\u{FFFD}c
              |   ^
        help: save the notebook as UTF-8

        """)
  }

  @Test("a byte order mark and Windows line ends are no mistake")
  func byteOrderMark() throws {
    try folder.write("\u{FEFF}---\r\ntitle: A\r\n---\r\n\r\nText.\r\n", to: "n.md")
    #expect(try check("n.md").status == 0)
  }

  @Test("an included notebook stands in the folder or below it, unless more is allowed")
  func includes() throws {
    try FileManager.default.createDirectory(
      at: folder.url("in/parts"), withIntermediateDirectories: true)
    try folder.write("Outside {{ nothing }}.\n", to: "outside.md")
    try folder.write("```{include}\nfile: deep.md\n```\n", to: "in/parts/part.md")
    try folder.write("Deep {{ nothing }}.\n", to: "in/parts/deep.md")
    try FileManager.default.createSymbolicLink(
      at: folder.url("in/link.md"), withDestinationURL: folder.url("outside.md"))
    let files = [
      "parts/part.md", "../outside.md", folder.url("outside.md").path, "link.md", "prats.md",
    ]
    let text = files.map { "```{include}\nfile: \($0)\n```\n" }.joined(separator: "\n")
    try folder.write(text, to: "in/n.md")
    let run = try check("in/n.md")
    let messages = run.errors.split(separator: "\n").filter { $0.contains(" error: ") }
    #expect(run.status == 2)
    #expect(messages.count == 4, "\(run.errors)")
    for (place, message) in zip(["6", "10", "14"], messages) {
      #expect(message.hasPrefix("in/n.md:\(place):7: error: '"))
      #expect(message.hasSuffix("' lies outside the notebook's folder [QB0110]"))
    }
    #expect(messages.last?.contains("'prats.md' cannot be read: no such file") == true)
    #expect(run.errors.contains("help: --allow-path \(folder.url.path) lets the notebook read"))
    let allowed = try CommandRun.quantbook("check", "in/n.md", "--allow-path", ".", in: folder)
    #expect(!allowed.errors.contains("QB0110"), "\(allowed.errors)")
    try folder.write("```{include}\nfile: ../outside.md\n```\n", to: "in/m.md")
    let other = try CommandRun.quantbook("check", "in/m.md", "--allow-path", ".", in: folder)
    #expect(other.errors.hasPrefix("in/../outside.md:1:12: error: nothing is named 'nothing'"))
  }

  @Test("check says which files are missing, and what may have been meant")
  func missingFiles() throws {
    try FileManager.default.createDirectory(
      at: folder.url("in/part"), withIntermediateDirectories: true)
    try folder.write("A text.\n", to: "in/part/novel.txt")
    try folder.write("```{corpus}\ntext: novle.txt\n```\n", to: "in/part/part.md")
    try folder.write(
      """
      ---
      params: {text: part/novel.tx}
      ---

      ```{include}
      file: part/part.md
      ```

      ```{corpus}
      text: {{ params.text }}
      ```

      ```{corpus}
      text: part/novel.txt
      ```

      ```{load}
      model: stater
      ```

      """, to: "in/n.md")
    let run = try check("in/n.md")
    #expect(run.status == 2)
    let lines = run.errors.split(separator: "\n")
    #expect(
      lines.filter { $0.contains(" error: ") }.map { $0.prefix { $0 != " " } } == [
        "in/n.md:10:7:", "in/n.md:18:8:", "in/part/part.md:2:7:",
      ])
    #expect(
      lines.filter { $0.hasPrefix("help:") } == [
        "help: did you mean 'part/novel.txt'?", "help: did you mean 'starter'?",
        "help: did you mean 'novel.txt'?",
      ])
  }

  @Test("mistakes in an included notebook are shown in it, by the path from here")
  func places() throws {
    try FileManager.default.createDirectory(at: folder.url("in"), withIntermediateDirectories: true)
    try folder.write("```{include}\nfile: part.md\n```\n", to: "in/n.md")
    try folder.write("A.\n\n- {{ nothing }}\n", to: "in/part.md")
    #expect(try check("in/n.md").errors.hasPrefix("in/part.md:3:6: error: nothing is named"))
    #expect(
      try NotebookFile(path: folder.url("in/n.md").path).notebook().includedFiles == ["part.md"])
  }
}
