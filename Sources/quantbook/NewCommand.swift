import ArgumentParser
import Diagnostics
import Foundation
import Paths
import SafeFiles

struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Writes a commented notebook that runs, to start from.",
    discussion: """
      Examples:
        quantbook new my-report
        quantbook new reports/block-sizes --template report
      """)

  enum Template: String, CaseIterable, ExpressibleByArgument {
    case minimal, report

    var text: String {
      switch self {
      case .minimal: String(decoding: PackageResources.minimal_md, as: UTF8.self)
      case .report: String(decoding: PackageResources.report_md, as: UTF8.self)
      }
    }
  }

  @Argument(help: "Name of the notebook, with its folder; .md is added.")
  var name: String

  @Option(help: "minimal, or report with parameters, a table and a chart.")
  var template = Template.minimal

  @OptionGroup var diagnostics: DiagnosticOptions

  func validate() throws {
    guard let problem = Self.problem(with: name) else { return }
    throw ValidationError(problem)
  }

  func run() throws {
    let path = name.hasSuffix(".md") ? name : name + ".md"
    let title = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    let text = template.text.replacing("TITLE", with: title)
    do throws(FileError) {
      if let above = path.beforeLastSlash { try AtomicWrite.makeDirectory(String(above)) }
      try AtomicWrite.create(text, at: path)
    } catch {
      let isTaken = error.code == .exists
      diagnostics.show([
        Diagnostic(
          .cannotWrite, error.description, at: nil,
          help: isTaken ? "give another name; nothing is overwritten" : nil)
      ])
      throw ExitStatus.failed
    }
    diagnostics.tell("wrote \(path); next: quantbook run \(path)")
  }

  /// What is wrong with a name: those that shells, the web or other systems stumble over.
  static func problem(with name: String) -> String? {
    let last = String(name.afterLastSlash)
    let stem = last.hasSuffix(".md") ? String(last.dropLast(3)) : last
    guard let first = stem.first, first.isLetter || first.isNumber else {
      return "a name starts with a letter or a digit, not '\(last.prefix(40))'"
    }
    guard stem.utf8.count <= 200 else { return "the name is longer than 200 bytes" }
    let wrong = stem.first { !($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    return wrong.map {
      "a name has letters, digits and - _ . only, not \($0.isNewline ? "a line end" : "'\($0)'")"
    }
  }
}
