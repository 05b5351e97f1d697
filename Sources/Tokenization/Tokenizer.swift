import SafeFiles
import Synchronization

/// A byte-level byte-pair encoding, as GPT-2's and others' of its kind, with added tokens.
///
/// Equal to Hugging Face's tokenizers, token for token. GPT-2's loses nothing: decoding the tokens of
/// any bytes gives these bytes back. One that normalizes, puts a space before a text or has no token
/// for some byte gives back what its peer gives back.
public struct Tokenizer: Sendable {
  /// SHA-256 over the files it was read from, for provenance and cache keys.
  public let sha256: String
  /// One more than the largest token.
  public let vocabularySize: Int
  /// Tokens that are written out in a text, such as `<|endoftext|>`.
  public let specialTokens: [String: Int32]

  /// Of the files; without a word of theirs, `<|endoftext|>` ends a text where the tokenizer has it.
  public let roles: TokenRoles

  /// GPT-2's own, which begins and ends texts where nothing else is named.
  public static let usualEndOfText = "<|endoftext|>"

  /// What ends a text.
  public var endOfText: Int32? { roles.end }

  let pipeline: Pipeline
  /// Those that are looked for in the text as it is, and those in the normalized text.
  private let added: (plain: AddedTokens, normalized: AddedTokens)
  /// Tokens by their bytes, where they go before merges.
  private let wholeWords: [[UInt8]: Int32]
  private let byteTokens: [Int32]
  let merges: MergeTable
  private let tokenBytes: [UInt8]
  private let tokenStarts: [Int32]
  private let words = SharedWords()

  /// - Parameters:
  ///   - pipeline: its added tokens are the vocabulary's special ones, none empty when normalized; nil
  ///     for GPT-2's.
  ///   - roles: as the files have them; nil for GPT-2's.
  init(
    _ vocabulary: Vocabulary, _ pipeline: Pipeline? = nil, _ roles: TokenRoles? = nil,
    sha256: String
  ) {
    self.sha256 = sha256
    specialTokens = vocabulary.specialTokens
    let usual = specialTokens[Tokenizer.usualEndOfText]
    var roles = roles ?? TokenRoles(beginning: usual, unknown: usual)
    if roles.end == nil { roles.end = usual }
    self.roles = roles
    let pipeline =
      pipeline
      ?? Pipeline(
        addedTokens: vocabulary.specialTokens.map { AddedToken(content: $0.key, token: $0.value) })
    self.pipeline = pipeline
    let sorted =
      pipeline.addedTokens.filter(\.isSpecial) + pipeline.addedTokens.filter { !$0.isSpecial }
    added = (
      AddedTokens(sorted.filter { !$0.isNormalized }),
      AddedTokens(sorted.filter(\.isNormalized))
    )
    wholeWords = pipeline.ignoresMerges ? vocabulary.entriesByBytes : [:]
    byteTokens = vocabulary.byteTokens
    merges = vocabulary.merges
    vocabularySize = vocabulary.tokens.count
    var tokens = vocabulary.tokens
    for token in pipeline.addedTokens where token.isNormalized {
      tokens[Int(token.token)] = Vocabulary.bytes(ofAdded: token.content)
    }
    var bytes: [UInt8] = []
    var starts: [Int32] = [0]
    for token in tokens {
      bytes.append(contentsOf: token)
      starts.append(Int32(bytes.count))
    }
    tokenBytes = bytes
    tokenStarts = starts
  }

  /// The tokens of a text.
  ///
  /// - Parameters:
  ///   - parsingSpecialTokens: false takes `<|endoftext|>` and its like for plain text.
  ///   - addingTemplate: true puts the tokens of the file's template around those of the text, such as
  ///     one for its beginning; GPT-2 has none. So does calling a tokenizer of `transformers`.
  /// - Throws: `CancellationError` soon after the task was cancelled, however long the text;
  ///   `SplitExpressionError`.
  public func encode(
    _ text: String, parsingSpecialTokens: Bool = true, addingTemplate: Bool = false
  ) throws -> [Int32] {
    var text = text
    return try text.withUTF8 {
      try encode(
        $0, parsingSpecialTokens: parsingSpecialTokens, addingTemplate: addingTemplate)
    }
  }

  /// The tokens of bytes, which need not be UTF-8. The result of GPT-2's has at most one token a byte.
  ///
  /// - Throws: `CancellationError`, `SplitExpressionError`.
  public func encode(
    _ text: UnsafeBufferPointer<UInt8>, parsingSpecialTokens: Bool = true,
    addingTemplate: Bool = false
  ) throws -> [Int32] {
    // One call at a time has the words that were met before; another meanwhile begins without.
    let known = try words.cache.withLockIfAvailable {
      try encode(text, parsingSpecialTokens: parsingSpecialTokens, with: &$0)
    }
    let tokens: [Int32]
    if let known {
      tokens = known
    } else {
      var cache = WordCache()
      tokens = try encode(text, parsingSpecialTokens: parsingSpecialTokens, with: &cache)
    }
    return addingTemplate ? pipeline.template.prefix + tokens + pipeline.template.suffix : tokens
  }

  private func encode(
    _ text: UnsafeBufferPointer<UInt8>, parsingSpecialTokens: Bool, with cache: inout WordCache
  ) throws -> [Int32] {
    var encoding = Encoding(
      merging: BytePairMerging(
        byteTokens: byteTokens, merges: merges, unknown: pipeline.unknown))
    encoding.tokens.reserveCapacity(text.count / 3)
    for part in parts(of: text, by: added.plain, if: parsingSpecialTokens) {
      if let token = part.token {
        encoding.tokens.append(token)
        continue
      }
      let plain = UnsafeBufferPointer(rebasing: text[part.range])
      if pipeline.normalizer.steps.isEmpty {
        try encode(normalized: plain, parsingSpecialTokens, &encoding, &cache)
      } else {
        var normalized = try pipeline.normalizer.normalized(plain)
        try normalized.withUTF8 {
          try encode(normalized: $0, parsingSpecialTokens, &encoding, &cache)
        }
      }
    }
    return encoding.tokens
  }

  /// Appends the tokens of a text that has been normalized.
  private func encode(
    normalized text: UnsafeBufferPointer<UInt8>, _ parsingSpecialTokens: Bool,
    _ encoding: inout Encoding, _ cache: inout WordCache
  ) throws {
    for part in parts(of: text, by: added.normalized, if: parsingSpecialTokens) {
      if let token = part.token {
        encoding.tokens.append(token)
        continue
      }
      let plain = UnsafeBufferPointer(rebasing: text[part.range])
      if pipeline.preTokenizer.isGPT2 {
        var words = GPT2Words(plain)
        try encode(&words, of: UnsafeRawBufferPointer(plain), &encoding, &cache)
      } else {
        let (bytes, words) = try pipeline.preTokenizer.words(of: plain)
        var iterator = words.makeIterator()
        try bytes.withUnsafeBytes { try encode(&iterator, of: $0, &encoding, &cache) }
      }
    }
  }

  private func parts(
    of text: UnsafeBufferPointer<UInt8>, by tokens: AddedTokens, if isParsing: Bool
  ) -> [AddedTokens.Part] {
    guard isParsing else { return text.isEmpty ? [] : [AddedTokens.Part(range: text.indices)] }
    return tokens.parts(of: text)
  }

  /// The tokens so far, and what finding more takes.
  private struct Encoding {
    var tokens: [Int32] = []
    var merging: BytePairMerging
    /// Words so far.
    var count = 0

    init(merging: BytePairMerging) { self.merging = merging }
  }

  @inline(__always)
  private func encode(
    _ words: inout some IteratorProtocol<Range<Int>>, of bytes: UnsafeRawBufferPointer,
    _ encoding: inout Encoding, _ cache: inout WordCache
  ) throws {
    while let word = words.next() {
      if encoding.count % Self.wordsBetweenChecks == 0 { try Task.checkCancellation() }
      encoding.count += 1
      let key = WordKey(bytes, word)
      if let key, cache.append(key, to: &encoding.tokens) { continue }
      if !wholeWords.isEmpty, let token = wholeWords[Array(bytes[word])] {
        encoding.tokens.append(token)
        if let key { cache.insert(key, [token]) }
        continue
      }
      try encoding.merging.merge(UnsafeRawBufferPointer(rebasing: bytes[word]))
      encoding.tokens.append(contentsOf: encoding.merging.pieces)
      if let key { cache.insert(key, encoding.merging.pieces) }
    }
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
