import Synchronization
import Tokenization

/// The tokens of one text, so that each tokenizer reads it once in a run however many cells ask.
final class TokenMemory: Sendable {
  private let known = Mutex<[String: [Int32]]>([:])

  /// The tokens of `text` by `tokenizer`, with those of its template, as Hugging Face's recipe for
  /// perplexity has them.
  ///
  /// - Throws: `CancellationError`.
  func tokens(of text: String, by tokenizer: Tokenizer) throws -> [Int32] {
    if let tokens = known.withLock({ $0[tokenizer.sha256] }) { return tokens }
    let tokens = try tokenizer.encode(text, addingTemplate: true)
    known.withLock { $0[tokenizer.sha256] = tokens }
    return tokens
  }
}
