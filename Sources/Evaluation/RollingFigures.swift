#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A perplexity by words and by bytes instead of tokens, so that models of different vocabularies
/// compare: lm-evaluation-harness's `word_perplexity`, `byte_perplexity` and `bits_per_byte`.
///
/// Source: lm-evaluation-harness, `lm_eval/api/metrics.py` and `lm_eval/tasks/wikitext`.
public struct RollingFigures: Hashable, Sendable {
  /// exp(L / words), L being the negative log-likelihood of the whole text in nats.
  public let wordPerplexity: Double
  /// exp(L / bytes).
  public let bytePerplexity: Double
  /// L / (bytes · ln 2).
  public let bitsPerByte: Double

  /// - Parameters:
  ///   - result: with the definition `rolling`, which scores every token once.
  ///   - words: of the text that was scored, see ``words(in:)``.
  ///   - bytes: of the same text in UTF-8.
  public init(_ result: Perplexity.Result, words: Int, bytes: Int) {
    let loss = result.windows.reduce(0) { $0 + $1.weight * $1.nll }
    wordPerplexity = exp(loss / Double(words))
    bytePerplexity = exp(loss / Double(bytes))
    bitsPerByte = loss / (Double(bytes) * M_LN2)
  }

  /// The pieces of Python's `re.split(r"\s+", text)`; empty ones at the ends count, so a text
  /// without white space, the empty one too, has one.
  public static func words(in text: String) -> Int {
    var pieces = 1
    var isAfterSpace = false
    for scalar in text.unicodeScalars {
      let isSpace = isPythonSpace(scalar)
      if isSpace, !isAfterSpace { pieces += 1 }
      isAfterSpace = isSpace
    }
    return pieces
  }

  /// Python's `str.isspace`: Unicode's White_Space, and the separators U+001C to U+001F.
  private static func isPythonSpace(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.isASCII else { return scalar.properties.isWhitespace }
    return scalar.value == 0x20 || 0x09...0x0D ~= scalar.value || 0x1C...0x1F ~= scalar.value
  }
}
