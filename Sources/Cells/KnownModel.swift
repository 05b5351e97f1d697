import Diagnostics
import GPT2
import NotebookLanguage

/// A model as far as it is known before anything has run.
struct KnownModel {
  /// As the notebook writes it.
  var name: String
  /// nil where the files are not to be looked at, or cannot be read.
  var config: GPT2Config?
  /// Why it surely has no tokenizer; nil where it has one, or that is not known.
  var missingTokenizer: MissingTokenizer?

  enum MissingTokenizer {
    case randomWeights, noFiles, noneInFile

    /// That no text can be read with a model of this name.
    func problem(of name: String, at span: SourceSpan?) -> Diagnostic {
      switch self {
      case .randomWeights:
        Diagnostic(
          .impossibleSetting, "'\(name)' has random weights and no tokenizer", at: span,
          help: "leave perplexity and kl out of 'metrics': those of random weights mean nothing")
      case .noFiles:
        Diagnostic(
          .invalidModel,
          "the folder '\(name)' has no tokenizer: tokenizer.json, or vocab.json with merges.txt",
          at: span)
      case .noneInFile:
        Diagnostic(
          .invalidModel, "'\(name)' has no tokenizer within it or beside it", at: span,
          help:
            "a GGUF file has one under tokenizer.ggml; llm.c's .bin needs tokenizer.json, or vocab.json "
            + "with merges.txt, in its folder")
      }
    }
  }
}

extension CheckScope {
  /// The models that a label stands for, one for each value of a sweep; a quantized one has the shape and
  /// the tokenizer of what it was quantized from.
  func models<Target>(of label: Label<Target>) -> [KnownModel] {
    cells(of: label).flatMap { cell, folder -> [KnownModel] in
      if let load = cell as? LoadCell { return [load.known(in: folder)] }
      if let quantize = cell as? QuantizeCell { return models(of: quantize.source) }
      return []
    }
  }
}
