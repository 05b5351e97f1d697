import ArgumentParser
import Cells
import Diagnostics
import InputLimits
import NotebookLanguage

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the cells, schemes, metrics, filters, models, texts or limits that there are.",
    discussion: """
      Examples:
        quantbook list schemes
        quantbook list filters --json | jq -r '.[].name'
      """)

  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case cells, schemes, metrics, filters, models, texts, limits
  }

  @Argument(help: "What to list: \(Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
  var kind: Kind

  @Flag(help: "Print a JSON list of objects with name and summary.")
  var json = false

  func run() {
    let entries = Self.entries(of: kind)
    if json {
      let list = entries.map { entry -> JSONDocument in
        ["name": .string(entry.name), "summary": .string(entry.summary)]
      }
      Terminal.print(JSONDocument.array(list).indented + "\n")
    } else {
      Terminal.print(TextColumns.aligned(entries.map { [$0.name, $0.summary] }))
      Terminal.print("\n" + TextColumns.wrapped(Self.more(on: kind)))
    }
  }

  /// What else there is to know.
  private static func more(on kind: Kind) -> String {
    switch kind {
    case .cells: "Keys, example and fields of one: quantbook help cell load"
    case .schemes: "The keys that go with each: quantbook help cell quantize"
    case .metrics: "The keys that go with each: quantbook help cell evaluate"
    case .filters: "Arguments may be left out. How they are used: quantbook help expressions"
    case .models:
      "Besides these: a folder in Hugging Face's layout (config.json, model.safetensors, and a tokenizer "
        + "for perplexity), a .gguf file, a .bin of llm.c (with a tokenizer beside it), any GPT-2 on the "
        + "Hub as owner/name or owner/name@revision, and random:FOLDER/config.json for any "
        + "configuration of GPT-2."
    case .texts:
      "Besides these: any file of UTF-8 text. Those of the Hub are fetched by the first run that names "
        + "them, or by 'quantbook download NAME'."
    case .limits:
      "Any of them is set with --limit NAME=VALUE by the commands that read notebooks or models, such as "
        + "--limit corpus-bytes=4GiB."
    }
  }

  static func entries(of kind: Kind) -> [(name: String, summary: String)] {
    switch kind {
    case .cells: AllCells.directives.map { ($0.name, $0.summary) }
    case .schemes: Catalogue.schemes.map { ($0.text, $0.help ?? "") }
    case .metrics: Catalogue.metrics.map { ($0.text, $0.help ?? "") }
    case .filters: Filter.all.map { ($0.usage, $0.help) }
    case .models: Catalogue.models.map { ($0.text, $0.help ?? "") }
    case .texts: Catalogue.texts.map { ($0.text, $0.help ?? "") }
    case .limits:
      Limit.allCases.map {
        ($0 == .memoryBytes ? $0.name : "\($0.name)=\($0.usualText)", $0.summary)
      }
    }
  }
}

extension Filter {
  /// The name with what its arguments are called, such as `round(digits)`.
  var usage: String {
    parameters.isEmpty ? name : "\(name)(\(parameters.joined(separator: ", ")))"
  }
}
