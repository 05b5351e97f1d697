import Foundation
import InputLimits
import Testing

@testable import Markdown

/// What cmark-gfm 0.29.0.gfm.6 takes a quadratic time for is counted before, and grows as that does.
@Suite struct MarkdownCostTests {
  struct Pattern: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var text: @Sendable (_ bytes: Int) -> String

    init(_ name: String, _ text: @escaping @Sendable (Int) -> String) {
      testDescription = name
      self.text = text
    }

    init(_ unit: String, before: String = "") {
      self.init(before + unit) { before + unit.repeated($0 / unit.utf8.count) }
    }
  }

  /// Known ones: CVE-2023-22483, -22484, -22486, -24824, -26485, -37463, and what measuring found.
  static let quadratic = [
    Pattern("![[]()"), Pattern("[a]( <b> "), Pattern("<!A ", before: "a "),
    Pattern("<? ", before: "a "), Pattern("<![CDATA[", before: "a "),
    Pattern("<!-- a ", before: "a "),
    Pattern("a@"), Pattern("a@b."), Pattern("a@_"), Pattern(")", before: "www.a.b"),
    Pattern("&a;)", before: "http://a.b/"), Pattern("?)", before: "https://a.b/"),
    Pattern("*_a~ b~_* "), Pattern("~~a b~ "),
    Pattern("brackets") { "[".repeated($0 / 4) + "a" + "](b)".repeated($0 / 4) },
    Pattern("one wide row") { "|a|\n|-|\n" + "|a".repeated($0 / 2) },
    Pattern("a table after many lines") { "a\n".repeated($0 / 2) + "|a|\n|-|\n" },
    Pattern("uses of a long definition") {
      "[a]: " + "u".repeated($0 / 2) + "\n\n" + "[a] ".repeated($0 / 8)
    },
    Pattern("blank lines in deep lists") { bytes in
      let depth = Int((Double(bytes) / 2).squareRoot())
      return (0..<depth).map { "  ".repeated($0) + "- a\n" }.joined() + "\n".repeated(bytes / 2)
    },
  ]

  /// Rules of tables after lines that have other columns: each moves up all before it, line by line.
  static let cubic = [Pattern("a\n-|-\n")]

  static let linear = [
    Pattern("Some words, as people write them, in a paragraph.\n\n"), Pattern("*a **b "),
    Pattern("_a __b "), Pattern("`a` ``b`` "), Pattern("\\[a\\] "), Pattern("&amp; "),
    Pattern("- a\n- b\n\n"), Pattern("> a\n\n"), Pattern("www.a.b "), Pattern("a.b "),
    Pattern("[a](b) text\n\n"), Pattern("| a | b |\n|---|---|\n| 1 | 2 |\n\n"),
    Pattern("a@b.c\n\n"),
    Pattern("```\na@b\n```\n\n"), Pattern("a ~~b~~ c\n\n"),
  ]

  @Test("four times the text costs about sixteen times as much", arguments: quadratic)
  func grows(_ pattern: Pattern) {
    let ratio = Limits.with([.markdownWork: Limit.markdownWork.most]) {
      Double(MarkdownCost.steps(of: pattern.text(80_000)))
        / Double(MarkdownCost.steps(of: pattern.text(20_000)))
    }
    // Deep lists take the root of the bytes.
    #expect(ratio > 7 && ratio < 17, "\(ratio)")
  }

  @Test("four times the text costs about sixty-four times as much", arguments: cubic)
  func growsFaster(_ pattern: Pattern) {
    let ratio = Limits.with([.markdownWork: Limit.markdownWork.most]) {
      Double(MarkdownCost.steps(of: pattern.text(80_000)))
        / Double(MarkdownCost.steps(of: pattern.text(20_000)))
    }
    #expect(ratio > 48 && ratio < 65, "\(ratio)")
  }

  @Test("what is linear costs next to nothing", arguments: linear)
  func isLinear(_ pattern: Pattern) {
    let ratio =
      Double(MarkdownCost.steps(of: pattern.text(80_000)) + 1)
      / Double(MarkdownCost.steps(of: pattern.text(20_000)) + 1)
    #expect(ratio < 5, "\(ratio)")
    #expect(MarkdownCost.steps(of: pattern.text(1 << 20)) < Limit.markdownWork.usual / 10)
  }

  @Test("a megabyte of each ends: refused, or read", arguments: quadratic + cubic + linear)
  func ends(_ pattern: Pattern) {
    let text = pattern.text(1_000_000)
    do throws(MarkdownError) { _ = try MarkdownParser.parse(text) } catch {
      #expect(error.limit != nil)
    }
  }

  @Test("the line is that of the paragraph, the table or the row")
  func lines() {
    func line(_ text: String, _ changes: [Limit: Int]) -> Int? {
      Limits.with(changes) { () -> Int? in
        do throws(MarkdownError) {
          _ = try MarkdownParser.parse(text)
          return nil
        } catch { return error.line }
      }
    }
    #expect(line("a\n\nb@\nc@\n\nd", [.markdownWork: 10]) == 3)
    #expect(line("a\n\n|b|\n|-|\n", [.tableColumns: 2]) == 4)
    #expect(line("|b|\n|-|\n|c|\n|d|\n", [.tableCells: 4]) == 4)
    #expect(line("a\r\nb\r\r|-|\r", [.tableColumns: 2]) == 4)
  }

  @Test("each bracket, angle and ampersand of a run takes a node", arguments: ["[", "]", "<", "&"])
  func runs(_ mark: String) {
    Limits.with([.markdownMarks: 100]) {
      #expect(throws: MarkdownError.tooManyMarks(limit: 100)) {
        try MarkdownParser.parse(mark.repeated(101))
      }
    }
  }

  @Test("many columns of many short rows are refused before cmark fills them")
  func table() {
    let columns = 900
    let text =
      "|a".repeated(columns) + "|\n" + "|-".repeated(columns) + "|\n" + "|b|\n".repeated(2000)
    #expect(throws: MarkdownError.tooManyCells(line: 1111, limit: 1_000_000)) {
      try MarkdownParser.parse(text)
    }
  }
}

extension String {
  fileprivate func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}
