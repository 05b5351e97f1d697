public import Diagnostics
public import GPT2
import ModelFiles
public import Tokenization

/// What is wrong with the files of a model, and what can be done about it.
extension Diagnostic {
  /// A model that cannot be loaded.
  public static func unusable(_ error: GPT2Error, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      error.code(otherwise: .invalidModel), error.description, at: span,
      help: joined(error.suggestion, error.damagedPath.flatMap(HubRemedy.help)))
  }

  /// A tokenizer that cannot be loaded.
  public static func unusable(_ error: TokenizerError, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      .invalidModel, error.description, at: span,
      help: joined(error.help, error.code == .unsupported ? nil : HubRemedy.help(for: error.path)))
  }

  private static func joined(_ help: String?...) -> String? {
    let parts = help.compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }
}

extension GPT2Error {
  /// What to do: of a name that is not known, also which is near to it.
  fileprivate var suggestion: String? {
    guard case .file(let error) = self, case .unknownName(let name, let known) = error.code else {
      return help
    }
    return Diagnostic.suggestion(for: name, among: known)
  }
}
