import ArgumentParser
import Cells
import Diagnostics
import Foundation
import NotebookLanguage
import Testing

@testable import quantbook

@Suite struct HelpCommandTests {
  static let commands = Quantbook.configuration.subcommands.compactMap {
    $0.configuration.commandName
  }

  @Test(
    "a cell's page has every key with its help, and the example",
    arguments: AllCells.directives.map { $0.name })
  func cell(_ name: String) throws {
    let type = try #require(AllCells.directives.first { $0.name == name })
    let page = try HelpCommand.text(on: ["cell", name])
    for key in type.keyDescriptions {
      #expect(page.contains("\n  \(key.name) "))
      let words = key.help.split(separator: " ").prefix(3).joined(separator: " ")
      #expect(page.contains(words))
    }
    #expect(page.contains("    ```{\(name)}\n"))
  }

  @Test("types, defaults, bounds and choices stand in the page")
  func facts() throws {
    let evaluate = try HelpCommand.text(on: ["cell", "evaluate"])
    #expect(evaluate.contains("default [perplexity, latency, memory]"))
    #expect(evaluate.contains("    repetitions       a whole number from 1 to 10000 · default 20"))
    #expect(evaluate.contains("kl: Kullback-Leibler divergence"))
    let quantize = try HelpCommand.text(on: ["cell", "quantize"])
    #expect(quantize.contains("one of int8, llmInt8, fp4, nf4"))
    #expect(quantize.contains("required"))
  }

  @Test("filters, schemes, metrics, the front matter and the options have pages")
  func topics() throws {
    #expect(try HelpCommand.text(on: ["filter", "verdict"]).contains("{{ nf4.latency | verdict("))
    #expect(try HelpCommand.text(on: ["scheme", "nf4"]).hasPrefix("nf4: "))
    #expect(try HelpCommand.text(on: ["metric", "kl"]).hasPrefix("kl: "))
    let frontMatter = try HelpCommand.text(on: ["front-matter"])
    #expect(frontMatter.contains("    table-header") && frontMatter.contains("default flat"))
    #expect(try HelpCommand.text(on: ["options"]).contains("\n  tbl-cap "))
    #expect(try HelpCommand.text(on: ["cell"]).contains("plot-table  "))
  }

  @Test("a cell's page has the fields of its example that expressions can read")
  func fields() throws {
    #expect(
      try HelpCommand.text(on: ["cell", "load"]).contains("  base: name, parameters, layers"))
    let evaluate = try HelpCommand.text(on: ["cell", "evaluate"])
    #expect(evaluate.contains("  results.nf4.perplexity.after: value, error"))
  }

  @Test("the guides have all operators, filters, exit codes, cells, options and keys")
  func guides() throws {
    let expressions = try HelpCommand.text(on: ["expressions"])
    for word in Expression.Operator.allCases.map(\.rawValue) + Filter.all.map(\.usage) {
      #expect(expressions.contains("  \(word)"), "\(word)")
    }
    #expect(Set(Expression.Operator.byPrecedence.joined()) == Set(Expression.Operator.allCases))
    let codes = try HelpCommand.text(on: ["exit-codes"])
    for status in ExitStatus.allCases {
      #expect(codes.contains(" \(status.rawValue)  \(status.meaning.prefix(20))"))
    }
    let notebook = try HelpCommand.text(on: ["notebook"])
    let keys = FrontMatter.keyDescriptions + CellOptions.keyDescriptions
    for name in keys.map(\.name) + AllCells.directives.map({ $0.name }) {
      #expect(notebook.contains("\n  \(name) "), "\(name)")
    }
    let sweeps = try HelpCommand.text(on: ["sweeps"])
    for type in AllCells.directives where type.allowsSweep {
      #expect(sweeps.contains("\n  \(type.name): "))
    }
    #expect(sweeps.contains("perplexity.window") && sweeps.contains("blockSize"))
    #expect(!sweeps.contains("metrics,"))
  }

  @Test("a page's lines fit a terminal", arguments: HelpTopic.kinds)
  func widths(_ kind: String) throws {
    for line in try HelpCommand.text(on: [kind]).split(separator: "\n") {
      #expect(line.count <= 130, "\(line)")
    }
  }

  private func mistakes(_ notebook: String) -> String {
    do throws(DiagnosticList) {
      let file = SourceFile(name: "n.md", text: notebook + "\n")
      _ = try NotebookParser.parse(file).checked(cellTypes: AllCells.types)
      return ""
    } catch {
      return TextRenderer().render(error.diagnostics)
    }
  }

  @Test("the examples of the guides have no mistakes")
  func examples() {
    #expect(mistakes(NotebookGuide.example) == "")
    let addresses = SweepGuide.addresses.map { "{{ \($0.expression) }}\n\n" }.joined()
    #expect(mistakes(addresses + SweepGuide.example) == "")
    let cells = AllCells.types.map { "```{\($0.name)}\n\($0.example)\n```\n" }.joined()
    let head = "---\nparams: {blockSize: 64, full: false}\n---\n\n"
    let sizes =
      "\n```{quantize}\n#| label: sizes\nof: base\nscheme: [nf4, fp4]\nblockSize: [64]\n```\n"
    let expressions = (ExpressionGuide.names + ExpressionGuide.examples)
      .map { "{{ \($0.expression) }}\n\n" }
      .filter { !$0.contains("tbl_results") }
      .joined()
    #expect(mistakes(head + expressions + cells + sizes) == "")
    // A wrong one would be found.
    #expect(mistakes(head + "{{ base.nothing }}\n\n" + cells).contains("QB0402"))
  }

  @Test("an address has the order that the guide says")
  func order() {
    let turned = "{{ grid[nf4, 64, 512].perplexity.after }}\n\n"
    #expect(mistakes(turned + SweepGuide.example).contains("QB0402"))
    let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("README.md")
    let text = (try? String(contentsOf: readme, encoding: .utf8)) ?? ""
    #expect(
      text.split { $0.isWhitespace }.joined(separator: " ").contains(
        SweepGuide.order.replacing("'of'", with: "`of`")))
  }

  @Test("a command's page is its --help", arguments: Self.commands)
  func command(_ name: String) throws {
    let page = try HelpCommand.text(on: [name])
    #expect(page.contains("USAGE: quantbook \(name)"))
    #expect(page.contains("Example"))
    #expect(try CommandRun.quantbook("help", name).output == page)
    #expect(try CommandRun.quantbook(name, "--help").output == page)
  }

  @Test("a command of a command has its page too, with an example")
  func nested() throws {
    for name in ["size", "clean", "why"] {
      #expect(try HelpCommand.text(on: ["cache", name]).contains("quantbook cache \(name)"))
    }
    let page = try HelpCommand.text(on: ["cache", "clean"])
    #expect(page.contains("USAGE: quantbook cache clean"))
    #expect(try CommandRun.quantbook("cache", "clean", "--help").output == page)
    #expect(throws: (any Error).self) { try HelpCommand.text(on: ["cache", "klean"]) }
  }

  @Test("help alone is that of the whole command")
  func whole() throws {
    let run = try CommandRun.quantbook("help")
    #expect(run.status == 0)
    #expect(run.output.contains("OVERVIEW") && run.output.contains("schema"))
  }

  @Test("a cell, filter, scheme or metric is found by its name alone, unless a command has it")
  func bareName() throws {
    for kind in HelpTopic.kinds {
      for name in HelpTopic.names(of: kind) where !Self.commands.contains(name) {
        #expect(try HelpCommand.text(on: [name]) == HelpCommand.text(on: [kind, name]))
        #expect(!HelpTopic.kinds.contains(name))
      }
    }
    let shared = HelpTopic.kinds.flatMap(HelpTopic.names).filter(Self.commands.contains)
    #expect(shared == ["generate"])
    // The command's page leads to the cell's.
    let page = try HelpCommand.text(on: ["generate"])
    #expect(
      page.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        .contains("quantbook help cell generate"))
  }

  @Test("an unknown topic is answered with the nearest, and ends with 64")
  func unknown() throws {
    let cell = try CommandRun.quantbook("help", "cell", "quantise")
    #expect(cell.status == 64)
    #expect(cell.errors.contains("there is no cell 'quantise'; did you mean 'quantize'?"))
    let topic = try CommandRun.quantbook("help", "frontmatter")
    #expect(topic.errors.contains("did you mean 'front-matter'?"))
    #expect(throws: (any Error).self) { try HelpCommand.text(on: ["cell", "load", "more"]) }
    #expect(throws: (any Error).self) { try HelpCommand.text(on: ["options", "label"]) }
  }

  @Test("completion offers topics, then names")
  func completion() {
    #expect(HelpCommand.completions(after: []).contains("front-matter"))
    #expect(HelpCommand.completions(after: []).contains("run"))
    #expect(HelpCommand.completions(after: ["cell"]) == AllCells.directives.map { $0.name })
    #expect(HelpCommand.completions(after: ["cell", "load"]).isEmpty)
  }
}
