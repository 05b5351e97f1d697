import Diagnostics
import Markdown
import Testing

@testable import NotebookLanguage

@Suite struct BibliographyFileTests {
  private func read(_ text: String) -> (references: [Reference], mistakes: [Diagnostic]) {
    BibliographyFile.read(SourceFile(name: "works.bib", text: text))
  }

  @Test func readsEntriesAsBibTeXDoes() throws {
    let (references, mistakes) = read(
      #"""
      Anything outside entries is a comment.
      @string{neurips = "Advances in Neural Information Processing Systems"}
      @comment{ignored}
      @inproceedings{dettmers2022,
        title     = {{LLM.int8()}: 8-bit Matrix Multiplication for {T}ransformers at Scale},
        author    = {Dettmers, Tim and Mike Lewis and {Meta AI} and Ludwig van der Berg},
        booktitle = neurips # { 35},
        year      = 2022,
        pages     = "30318--30332",
        doi       = {10.1000/x_y},
      }
      @article(gödel31, author = "Kurt G{\"o}del", title = {{\"U}ber}, journal = {M\'{e}m. \& Phys.},
        volume = 38, number = 1, date = {1931-05})
      """#)
    #expect(mistakes.isEmpty)
    let first = try #require(references.first)
    #expect(first.identifier.value == "dettmers2022")
    #expect(first.title == "LLM.int8(): 8-bit Matrix Multiplication for Transformers at Scale")
    #expect(
      first.authors == [
        .init(family: "Dettmers", given: "Tim"), .init(family: "Lewis", given: "Mike"),
        .init(family: "Meta AI"), .init(family: "van der Berg", given: "Ludwig"),
      ])
    #expect(first.container == "Advances in Neural Information Processing Systems 35")
    #expect(first.pages == "30318–30332")
    #expect(first.year.text == "2022")
    let second = try #require(references.last)
    #expect(second.identifier.value == "gödel31")
    #expect(second.authors == [.init(family: "Gödel", given: "Kurt")])
    #expect(second.title == "Über")
    #expect(second.container == "Mém. & Phys.")
    #expect(second.year.text == "1931")
    #expect(second.volume == "38" && second.issue == "1")
  }

  @Test func keepsFormulasAndMakesDashes() throws {
    let (references, _) = read(
      #"@misc{a, title = {Effect of $\alpha$ and $O(n^2)$ on {GPT-2}: X--Y---for \$5 or \$6}}"#)
    let title = try #require(references.first?.title)
    #expect(title == #"Effect of $\alpha$ and $O(n^2)$ on GPT-2: X–Y—for $5 or $6"#)
    #expect(
      references.first?.entry.prefix(5) == [
        .text("Effect of "), .formula(source: #"\alpha"#, isDisplay: false), .text(" and "),
        .formula(source: "O(n^2)", isDisplay: false),
        .text(" on GPT-2: X–Y—for $5 or $6"),
      ])
  }

  @Test func readsHostileDollars() {
    let text = "@misc{a, title = {" + String(repeating: "$", count: 20_000) + "}}"
    #expect(read(text).references.first?.title.isEmpty == false)
  }

  static let broken: [(String, String, Int)] = [
    ("@book{a, title = {x", "this value is never closed", 18),
    ("@book{a, title = \"x}", "this value is never closed", 18),
    ("@book{a, title {x}}", "expected = after the field 'title'", 16),
    ("@book{, title = {x}}", "this entry has no key to cite it by", 1),
    ("@book a", "an entry needs braces after '@book'", 1),
    ("@book{a, title = {x}", "the entry 'a' is never closed", 1),
    ("@book{a, title = }", "expected a value", 18),
    ("@book{a, {x}}", "expected the name of a field of 'a'", 10),
    ("@book{a, title = {x\\", "this value is never closed", 18),
  ]

  @Test(arguments: broken) func says(text: String, message: String, column: Int) throws {
    let mistake = try #require(read(text).mistakes.first)
    #expect(mistake.message == message)
    #expect(mistake.span.map { $0.range.lowerBound + 1 } == column)
  }

  @Test func goesOnAfterAMistake() {
    let (references, mistakes) = read("@book{, x}\n@book{b, title = {B}}\n")
    #expect(mistakes.count == 1)
    #expect(references.map(\.identifier.value) == ["b"])
  }

  @Test(arguments: ["@", "@a{", "@book{a,title={", "{", "@string{", "@book{a,author={A and "])
  func endsWithHostileText(piece: String) {
    let text = String(repeating: piece, count: 5_000)
    #expect(read(text).references.count <= 5_000)
  }
}

@Suite struct CitationsTests {
  private let known: Set<String> = ["a", "b_c", "d:e"]

  @Test func cutsTextAtCitations() {
    func pieces(_ text: String) -> [Citations.Piece] { Citations.pieces(of: text, known: known) }
    #expect(
      pieces("As [@a], so") == [
        .text("As "), .group([.init(prefix: "", key: "a", locator: "")]), .text(", so"),
      ])
    #expect(
      pieces("[see @a, p. 3; @zzz]") == [
        .group([
          .init(prefix: "see", key: "a", locator: "p. 3"),
          .init(prefix: "", key: "zzz", locator: ""),
        ])
      ])
    #expect(pieces("@b_c shows") == [.named("b_c"), .text(" shows")])
    #expect(pieces("@d:e.") == [.named("d:e"), .text(".")])
    for plain in ["me@a.org", "@someone", "[-@tbl-x]", "[@tbl-x]", "[a]", "[x@a]", "[@a", "@"] {
      #expect(pieces(plain) == [.text(plain)] || plain == "[@a", "\(plain)")
    }
    #expect(
      pieces("[-@a, p. 3]") == [.group([.init(prefix: "", key: "a", locator: "p. 3")])])
    #expect(pieces("[@a") == [.text("["), .named("a")])
  }
}

@Suite struct HostileCitationsTests {
  @Test(arguments: ["[", "[@", "@a ", "[@a]", "[@a;", "]@"]) func ends(piece: String) {
    let text = String(repeating: piece, count: 20_000)
    #expect(Citations.pieces(of: text, known: ["a"]).count <= 40_001)
  }
}

@Suite struct ReferenceTextTests {
  @Test func writesAnEntry() {
    var reference = Reference()
    reference.authors = [Reference.Name("Tim Dettmers"), Reference.Name("Zettlemoyer, Luke")]
    reference.title = "QLoRA"
    reference.container = "NeurIPS"
    reference.volume = "36"
    reference.pages = "1–2"
    reference.year = Reference.Year("2023-05-23")
    reference.doi = "https://doi.org/10.1/x"
    #expect(
      reference.entry == [
        .text("T. Dettmers and L. Zettlemoyer. "), .text("QLoRA"), .text(". "),
        .emphasis([.text("NeurIPS")]), .text(" 36:1–2, "), .text("2023."), .text(" "),
        .link(destination: "https://doi.org/10.1/x", title: "", content: [.text("doi:10.1/x")]),
      ])
    #expect(reference.shortAuthors == [.text("Dettmers and Zettlemoyer")])
  }
}
