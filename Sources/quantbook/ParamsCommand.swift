import ArgumentParser
import Diagnostics
import NotebookLanguage

struct ParamsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "params",
    abstract: "Lists the parameters of a notebook with types, defaults and help.",
    discussion: """
      Examples:
        quantbook params report.md
        quantbook params report.md --json

      Set one with run -P name=value (a list with -P sizes=32,64), or several with
      run --params FILE.yml.
      """)

  @Argument(
    help: "The notebook; - reads it from standard input.", completion: .file(extensions: ["md"]))
  var notebook: String

  @Flag(help: "Print a JSON list of objects.")
  var json = false

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var diagnostics: DiagnosticOptions

  func run() throws {
    let parameters = try NotebookOptions.parse(notebook, reading, diagnostics)
      .notebook.frontMatter.parameters.parameters
    if json {
      Terminal.print(JSONDocument.array(parameters.map(Self.document)).indented + "\n")
    } else if parameters.isEmpty {
      diagnostics.tell("\(notebook) declares no parameters")
    } else {
      Terminal.print(parameters.map(Self.text).joined())
    }
  }

  private static func text(of parameter: Parameter) -> String {
    let value = parameter.defaultValue.written
    var facts = [
      parameter.isList ? "list of \(parameter.kind.rawValue)" : parameter.kind.rawValue,
      "default \(value.isEmpty ? "\"\"" : value)",
    ]
    if let minimum = parameter.minimum { facts.append("at least \(Value.number(minimum).written)") }
    if let maximum = parameter.maximum { facts.append("at most \(Value.number(maximum).written)") }
    if !parameter.choices.isEmpty {
      facts.append("one of " + parameter.choices.joined(separator: ", "))
    }
    let help = parameter.help.map { TextColumns.wrapped($0, margin: "    ") } ?? ""
    return "\(parameter.name)  \(facts.joined(separator: " · "))\n\(help)"
  }

  private static func document(of parameter: Parameter) -> JSONDocument {
    [
      "name": .string(parameter.name), "type": .string(parameter.kind.rawValue),
      "list": .bool(parameter.isList),
      "default": document(of: parameter.defaultValue),
      "min": parameter.minimum.map { .number($0) } ?? .null,
      "max": parameter.maximum.map { .number($0) } ?? .null,
      "choices": .array(parameter.choices.map { .string($0) }),
      "help": JSONDocument(parameter.help),
    ]
  }

  private static func document(of value: Value) -> JSONDocument {
    switch value {
    case .text(let text): .string(text)
    case .bool(let bool): .bool(bool)
    case .list(let values): .array(values.map(document))
    default: value.asNumber.map { .number($0.value) } ?? .null
    }
  }
}
