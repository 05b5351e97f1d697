import Foundation
import StarterModel

/// A text that notebooks can name without a path.
struct NamedText {
  let name: String
  /// In a line.
  let summary: String
  let source: Source

  enum Source {
    /// Ships, as a whole.
    case file(URL)
    case hub(HubText)
  }

  /// The parts that the text was published in and that can be read; the first where none is named.
  var splits: [String] {
    switch source {
    case .file: ["test"]
    case .hub(let text): text.splits.map(\.name)
    }
  }

  /// What is read of the Hub; nil for what ships.
  var hubText: HubText? {
    if case .hub(let text) = source { text } else { nil }
  }

  static func named(_ name: String) -> Self? { all.first { $0.name == name } }

  static let all = [
    NamedText(
      name: "house-prose", summary: "Prose of 80 KB, which ships: the starter never saw it.",
      source: .file(StarterModel.houseProse)),
    NamedText(
      name: "wikitext-2", summary: "WikiText-2, raw: Salesforce/wikitext.",
      source: .hub(wikiText("wikitext-2-raw-v1", trainingFiles: 1))),
    NamedText(
      name: "wikitext-103", summary: "WikiText-103, raw: Salesforce/wikitext.",
      source: .hub(wikiText("wikitext-103-raw-v1", trainingFiles: 2))),
    NamedText(
      name: "ptb",
      summary: "Penn Treebank, sentences joined by spaces: ptb-text-only/ptb_text_only.",
      source: .hub(
        HubText(
          repository: "ptb-text-only/ptb_text_only", revision: "refs/convert/parquet",
          splits: ["test", "validation", "train"].map {
            ($0, ["penn_treebank/\($0)/0000.parquet"])
          }, column: "sentence", join: .space))),
    NamedText(
      name: "lambada", summary: "LAMBADA, passages joined by blank lines: cimec/lambada.",
      source: .hub(
        HubText(
          repository: "cimec/lambada", revision: "main",
          splits: ["test", "validation"].map { ($0, ["plain_text/\($0)-00000-of-00001.parquet"]) },
          column: "text", join: .blankLine))),
    // What GPTQ and those after it measure on, who take 256 windows of it.
    NamedText(
      name: "c4-sample", summary: "The first 1100 documents of C4's validation: allenai/c4.",
      source: .hub(
        HubText(
          repository: "allenai/c4", revision: "607bd4c8450a42878aa9ddc051a65a055450ef87",
          splits: [("validation", ["en/c4-validation.00000-of-00008.json.gz"])],
          column: "text", join: .space, documentLimit: 1100))),
  ]

  private static func wikiText(_ folder: String, trainingFiles: Int) -> HubText {
    func files(_ split: String, _ count: Int) -> (String, [String]) {
      func digits(_ number: Int) -> String { "0000\(number)" }
      return (
        split,
        (0..<count).map { "\(folder)/\(split)-\(digits($0))-of-\(digits(count)).parquet" }
      )
    }
    return HubText(
      repository: "Salesforce/wikitext", revision: "b08601e04326c79dfdd32d625aee71d232d685c3",
      splits: [files("test", 1), files("validation", 1), files("train", trainingFiles)],
      column: "text", join: .blankLine, isOfLines: true)
  }
}
