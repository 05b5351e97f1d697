import ArgumentParser
import Cells
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

  @Test("a command's page is its --help", arguments: Self.commands)
  func command(_ name: String) throws {
    let page = try HelpCommand.text(on: [name])
    #expect(page.contains("USAGE: quantbook \(name)"))
    #expect(page.contains("Example"))
    #expect(try CommandRun.quantbook("help", name).output == page)
    #expect(try CommandRun.quantbook(name, "--help").output == page)
  }

  @Test("a command of a command has its page too")
  func nested() throws {
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
