import Diagnostics
import NotebookLanguage
import Quantization

/// Patterns that match no tensor are mistakes: what was meant to be quantized would not be.
enum PatternCheck {
  static func problems(_ patterns: [Spanned<String>], tensors: [String]) -> [Diagnostic] {
    patterns.compactMap { pattern in
      guard !TensorPattern(pattern.value).matchesAny(of: tensors) else { return nil }
      let near = nearest(to: pattern.value, among: tensors)
      return Diagnostic(
        .unmatchedPattern, "pattern '\(pattern.value)' matches no tensor of the model",
        at: pattern.span,
        help: near.map { "did you mean '\($0.pattern)' (\($0.count) tensors)?" })
    }
  }

  /// The pattern as it might have been meant: each of its names corrected by those that tensors have.
  private static func nearest(
    to pattern: String, among tensors: [String]
  ) -> (pattern: String, count: Int)? {
    let words = Set(tensors.flatMap { $0.split(separator: ".").map(String.init) }).sorted()
    let corrected = pattern.split(separator: ".", omittingEmptySubsequences: false).map { part in
      part.contains("*") || words.contains(String(part))
        ? String(part) : nearestNames(to: String(part), among: words).first ?? String(part)
    }.joined(separator: ".")
    let count = tensors.count { TensorPattern(corrected).matches($0) }
    return count > 0 ? (corrected, count) : nil
  }
}
