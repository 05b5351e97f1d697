import SafeFiles
import Synchronization

/// GPT-2's tokenizer: byte-level byte-pair encoding with special tokens.
///
/// Equal to Hugging Face's `GPT2TokenizerFast`, token for token. It loses nothing: decoding the
/// tokens of any bytes gives these bytes back.
public struct Tokenizer: Sendable {
  /// SHA-256 over the files it was read from, for provenance and cache keys.
  public let sha256: String
  /// One more than the largest token.
  public let vocabularySize: Int
  /// Tokens that are written out in a text, such as `<|endoftext|>`.
  public let specialTokens: [String: Int32]

  /// `<|endoftext|>`, where the vocabulary has it.
  public var endOfText: Int32? { specialTokens["<|endoftext|>"] }

  private let special: SpecialTokens
  private let byteTokens: [Int32]
  let merges: MergeTable
  private let tokenBytes: [UInt8]
  private let tokenStarts: [Int32]
  private let words = SharedWords()

  init(_ vocabulary: Vocabulary, sha256: String) {
    self.sha256 = sha256
    specialTokens = vocabulary.specialTokens
    special = SpecialTokens(vocabulary.specialTokens)
    byteTokens = vocabulary.byteTokens
    merges = vocabulary.merges
    vocabularySize = vocabulary.tokens.count
    var bytes: [UInt8] = []
    var starts: [Int32] = [0]
    for token in vocabulary.tokens {
      bytes.append(contentsOf: token)
      starts.append(Int32(bytes.count))
    }
    tokenBytes = bytes
    tokenStarts = starts
  }

  /// The tokens of a text.
  ///
  /// - Parameter parsingSpecialTokens: false takes `<|endoftext|>` and its like for plain text.
  /// - Throws: `CancellationError` soon after the task was cancelled, however long the text.
  public func encode(_ text: String, parsingSpecialTokens: Bool = true) throws -> [Int32] {
    var text = text
    return try text.withUTF8 { try encode($0, parsingSpecialTokens: parsingSpecialTokens) }
  }

  /// The tokens of bytes, which need not be UTF-8. The result has at most one token a byte.
  ///
  /// - Throws: `CancellationError`.
  public func encode(
    _ text: UnsafeBufferPointer<UInt8>, parsingSpecialTokens: Bool = true
  ) throws -> [Int32] {
    // One call at a time has the words that were met before; another meanwhile begins without.
    let known = try words.cache.withLockIfAvailable {
      try encode(text, parsingSpecialTokens: parsingSpecialTokens, with: &$0)
    }
    if let known { return known }
    var cache = WordCache()
    return try encode(text, parsingSpecialTokens: parsingSpecialTokens, with: &cache)
  }

  private func encode(
    _ text: UnsafeBufferPointer<UInt8>, parsingSpecialTokens: Bool, with cache: inout WordCache
  ) throws -> [Int32] {
    var tokens: [Int32] = []
    tokens.reserveCapacity(text.count / 3)
    var merging = BytePairMerging(byteTokens: byteTokens, merges: merges)
    var position = 0
    var count = 0
    while position < text.count {
      let found = parsingSpecialTokens ? special.first(in: text, from: position) : nil
      let end = found?.range.lowerBound ?? text.count
      let part = UnsafeBufferPointer(rebasing: text[position..<end])
      let bytes = UnsafeRawBufferPointer(part)
      var words = PreTokenizer(part)
      while let word = words.next() {
        if count % Self.wordsBetweenChecks == 0 { try Task.checkCancellation() }
        count += 1
        let key = WordKey(bytes, word)
        if let key, cache.append(key, to: &tokens) { continue }
        try merging.merge(UnsafeRawBufferPointer(rebasing: bytes[word]))
        tokens.append(contentsOf: merging.pieces)
        if let key { cache.insert(key, merging.pieces) }
      }
      if let found { tokens.append(found.token) }
      position = found?.range.upperBound ?? text.count
    }
    return tokens
  }

  /// Less than a hundredth of a second.
  private static let wordsBetweenChecks = 1 << 14

  /// The bytes of one token; empty for a number that is no token.
  public func bytes(of token: Int32) -> ArraySlice<UInt8> {
    guard token >= 0, Int(token) < vocabularySize else { return [] }
    return tokenBytes[Int(tokenStarts[Int(token)])..<Int(tokenStarts[Int(token) + 1])]
  }

  /// The bytes of a sequence of tokens.
  public func decodeBytes(_ tokens: some Sequence<Int32>) -> [UInt8] {
    var decoded: [UInt8] = []
    for token in tokens { decoded.append(contentsOf: bytes(of: token)) }
    return decoded
  }

  /// The text of a sequence of tokens; what is not UTF-8 becomes U+FFFD.
  public func decode(_ tokens: some Sequence<Int32>) -> String {
    String(decoding: decodeBytes(tokens), as: UTF8.self)
  }
}

/// The words that a tokenizer and its copies have met.
private final class SharedWords: Sendable {
  let cache = Mutex(WordCache())
}
