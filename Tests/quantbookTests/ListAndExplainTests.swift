import Cells
import Diagnostics
import Foundation
import NotebookLanguage
import Testing

@testable import quantbook

@Suite struct ListAndExplainTests {
  @Test("every list has entries, each with a summary", arguments: ListCommand.Kind.allCases)
  func entries(_ kind: ListCommand.Kind) throws {
    let entries = ListCommand.entries(of: kind)
    #expect(!entries.isEmpty)
    #expect(entries.allSatisfy { $0.summary.hasSuffix(".") })
    #expect(Set(entries.map(\.name)).count == entries.count)
    let run = try CommandRun.quantbook("list", kind.rawValue, "--json")
    let list = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: String]])
    #expect(list.map { $0["name"] } == entries.map(\.name))
    #expect(list.map { $0["summary"] } == entries.map(\.summary))
  }

  @Test("columns are aligned; after them stands where to read on")
  func aligned() throws {
    let output = try CommandRun.quantbook("list", "schemes").output
    #expect(output.hasSuffix("\n\nThe keys that go with each: quantbook help cell quantize\n"))
    let lines = output.split(separator: "\n").dropLast()
    let starts = Set(
      lines.map { $0.prefix { $0 != " " }.count + $0.drop { $0 != " " }.prefix { $0 == " " }.count }
    )
    #expect(starts.count == 1)
    #expect(TextColumns.aligned([["a", "b"], ["long", "c"]]) == "a     b\nlong  c\n")
    #expect(TextColumns.wrapped("aa bb cc", width: 6, margin: " ") == " aa bb\n cc\n")
  }

  @Test("every code is explained", arguments: DiagnosticCode.allCases)
  func explanation(_ code: DiagnosticCode) {
    #expect(ExplainCommand.text(of: code).hasPrefix("\(code.rawValue): "))
    #expect(ExplainCommand.code(named: code.rawValue.lowercased()) == code)
    #expect(ExplainCommand.code(named: String(code.rawValue.dropFirst(3))) == code)
  }

  @Test("explain shows mistake and cure; alone it lists every code")
  func explain() throws {
    let page = try CommandRun.quantbook("explain", "203").output
    #expect(page.contains("scheme: nf-4") && page.contains("Cure:"))
    let list = try CommandRun.quantbook("explain").output
    for code in DiagnosticCode.allCases { #expect(list.contains(code.rawValue)) }
  }

  @Test(
    "an unknown command is asked back, and ends with 64",
    arguments: [
      (["rnu"], "'rnu'; did you mean 'run'?"),
      (["cache", "claen"], "'claen'; did you mean 'clean'?"),
      (["zzzzzz"], "'zzzzzz'; quantbook --help lists them"),
    ])
  func unknownCommand(_ arguments: [String], _ expected: String) throws {
    let run = try CommandRun.run(CommandRun.executable, arguments)
    #expect(run.status == 64)
    #expect(run.errors.contains("there is no command \(expected)"), "\(run.errors)")
  }

  @Test(
    "an unknown code is answered with the nearest, and ends with 64",
    arguments: ["QB0213", "nonsense", "", "QB99999999", "½½½½"])
  func unknown(_ code: String) throws {
    let run = try CommandRun.quantbook("explain", code)
    #expect(run.status == 64)
    #expect(run.errors.contains("there is no mistake with the code '\(code)'"))
    if code == "QB0213" { #expect(run.errors.contains("did you mean QB02")) }
  }
}
