import GPT2
import NotebookLanguage
import Tokenization

/// What a measurement was made on: the files behind a figure, by their SHA-256.
struct SampleSource {
  var model: LoadedModel
  var corpus: Corpus?
  /// Of the tokenizer's files.
  var tokenizerSHA256: String?

  /// - Parameter hasText: whether something is measured on a text.
  static func shape(hasText: Bool) -> Shape {
    .record(
      (["origin", "model", "modelSHA256"]
        + (hasText ? ["text", "textSHA256", "tokenizerSHA256"] : []))
        .map { Shape.Field($0, .text) })
  }

  var record: Record {
    var record = Record([
      "origin": .text(DisplayedValue.Origin.measured.rawValue),
      "model": .text(model.nameToken), "modelSHA256": .text(model.sha256),
    ])
    if let corpus {
      record["text"] = .text(corpus.nameToken)
      record["textSHA256"] = .text(corpus.sha256)
    }
    record["tokenizerSHA256"] = tokenizerSHA256.map { .text($0) }
    return record
  }

  /// For tooltips: `on starter (160655bc), house-prose (96f01c4b), tokenizer a6adaff8`.
  var short: String {
    let files =
      [(model.nameToken, model.sha256)] + (corpus.map { [($0.nameToken, $0.sha256)] } ?? [])
    let names = files.map { "\($0) (\($1.prefix(8)))" }
    let tokenizer = tokenizerSHA256.map { ["tokenizer \($0.prefix(8))"] } ?? []
    return "on " + (names + tokenizer).joined(separator: ", ")
  }
}
