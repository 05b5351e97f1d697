import Diagnostics
import NotebookLanguage
import Testing

@Suite struct PictureReferenceTests {
  private func notebook(_ text: String, including files: [String: String] = [:]) -> Notebook {
    NotebookParser.parse(SourceFile(name: "n.md", text: text)) { (path, span) throws(Diagnostic) in
      guard let text = files[path] else {
        throw Diagnostic(.invalidInclude, "missing", at: span)
      }
      return SourceFile(name: path, text: text)
    }
  }

  @Test("pictures are found wherever text is, with their places; those in the text itself are none")
  func places() {
    let text = """
      ---
      abstract: "![a](abstract.png)"
      ---

      Prose ![b](b.png) and ![data](data:image/png;base64,AA).

      | A |
      |---|
      | ![c](my%20c.png) |

      - ![d](https://example.org/d.png) ![late](a-{{ x.y }}.png)
      """
    let pictures = notebook(text).pictures
    #expect(
      pictures.map(\.path) == ["abstract.png", "b.png", "my c.png", "https://example.org/d.png"])
    #expect(pictures.map(\.isLocal) == [true, true, true, false])
    #expect(pictures.dropFirst().map { $0.span?.line } == [5, 9, 11])
    #expect(pictures[1].span?.place == "n.md:5:12")
  }

  @Test("paths start at the folder of the file that names them, and never above the notebook's")
  func folders() {
    let notebook = notebook(
      "```{include}\nfile: sub/part.md\n```",
      including: ["sub/part.md": "![a](a.png) ![b](../b.png) ![c](../../c.png) ![d](/d.png)"])
    #expect(notebook.pictures.map(\.path) == ["sub/a.png", "b.png", "../c.png", "/d.png"])
  }

  @Test(
    "the kind of a picture is what its bytes say",
    arguments: [
      ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0], .png),
      ([0xFF, 0xD8, 0xFF, 0xE0], .jpeg),
      (Array("GIF89a...".utf8), .gif), (Array("RIFF1234WEBPVP8 ".utf8), .webp),
      (Array("\u{FEFF}<?xml version=\"1.0\"?>\n<!-- a -->\n<!DOCTYPE svg>\n<svg x>".utf8), .svg),
      (Array("<html><svg>".utf8), nil), (Array("<!-- <svg>".utf8), nil), ([], nil),
      (Array("RIFF1234WAVE".utf8), nil),
    ] as [([UInt8], Picture.Kind?)])
  func kinds(_ bytes: [UInt8], _ kind: Picture.Kind?) {
    #expect(Picture(bytes)?.kind == kind)
  }
}
