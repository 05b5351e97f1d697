import SafeFiles

/// A byte-level BPE as lists, as a GGUF file holds one: for formats that have a tokenizer within them.
public struct TokenizerTables: Hashable, Sendable {
  /// What a token is.
  public enum Kind: Int, Hashable, Sendable {
    /// In GPT-2's byte alphabet.
    case normal = 1
    /// Written out in a text, such as `<|endoftext|>`.
    case control = 3
    /// Written out in a text as well.
    case userDefined = 4
    /// A number that stands for nothing.
    case unused = 5
  }

  /// The text of each token.
  public var tokens: [String]
  /// One for each token.
  public var kinds: [Kind]
  /// Pairs of texts with a space between them, by rank.
  public var merges: [String]
  /// nil for GPT-2's.
  public var roles: TokenRoles?
  /// Whether a text is asked of the model with `roles.beginning` before it.
  public var addsBeginning = false
  /// And with `roles.end` after it.
  public var addsEnd = false

  public init(tokens: [String], kinds: [Kind], merges: [String]) {
    self.tokens = tokens
    self.kinds = kinds
    self.merges = merges
  }
}

extension Tokenizer {
  /// Makes a tokenizer of lists.
  ///
  /// - Parameter path: the file that they are from, for messages.
  public init(_ tables: TokenizerTables, path: String) throws(TokenizerError) {
    guard tables.kinds.count == tables.tokens.count else {
      throw TokenizerError(
        .invalid, path: path,
        "\(tables.kinds.count) types for \(tables.tokens.count) tokens of the tokenizer")
    }
    var hash = ContentHash()
    var entries: [Vocabulary.Entry] = []
    var special: [String: Int32] = [:]
    for (token, (text, kind)) in zip(tables.tokens, tables.kinds).enumerated() {
      hash.update(text)
      hash.update("\(kind)")
      switch kind {
      case .normal: entries.append(Vocabulary.Entry(text: text, token: token))
      case .control, .userDefined:
        guard special.updateValue(Int32(clamping: token), forKey: text) == nil else {
          throw TokenizerError(.invalid, path: path, "the special token '\(text)' occurs twice")
        }
      case .unused: break
      }
    }
    var vocabulary = try Vocabulary(entries, special: special, path: path)
    vocabulary.reserveMerges(tables.merges.count)
    for (rank, merge) in tables.merges.enumerated() {
      hash.update(merge)
      let parts = merge.split(separator: " ", omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw TokenizerError(
          .invalid, path: path, "merge number \(rank) is not two entries with one space between")
      }
      try vocabulary.addMerge(
        String(parts[0]), String(parts[1]), rank: rank, path: path, line: nil)
    }
    if let roles = tables.roles {
      let usual = special[Tokenizer.usualEndOfText]
      if roles.beginning != usual || roles.end != usual { hash.update("\(roles)") }
    }
    var pipeline = Pipeline(
      addedTokens: special.map { AddedToken(content: $0.key, token: $0.value) })
    if tables.addsBeginning {
      pipeline.template.prefix = tables.roles?.beginning.map { [$0] } ?? []
    }
    if tables.addsEnd { pipeline.template.suffix = tables.roles?.end.map { [$0] } ?? [] }
    if !pipeline.template.prefix.isEmpty || !pipeline.template.suffix.isEmpty {
      hash.update("template: \(pipeline.template)")
    }
    for token in pipeline.template.prefix + pipeline.template.suffix
    where token >= vocabulary.tokens.count {
      throw TokenizerError(
        .invalid, path: path, "a text gets token \(token), which is not in the vocabulary")
    }
    self.init(vocabulary, pipeline, tables.roles, sha256: hash.finalize())
  }
}

extension Tokenizer {
  /// The tokenizer as lists; numbers without a token are called `[PAD3]` and unused. Nil for a tokenizer
  /// that does more to a text than GPT-2's, but for the tokens that begin and end one.
  public var tables: TokenizerTables? {
    var plain = pipeline
    plain.template = ([], [])
    let template = pipeline.template
    let (addsBeginning, addsEnd) = (!template.prefix.isEmpty, !template.suffix.isEmpty)
    // Where the files name none, the template's is it.
    var roles = roles
    if template.prefix.count == 1 { roles.beginning = roles.beginning ?? template.prefix[0] }
    if template.suffix.count == 1 { roles.end = roles.end ?? template.suffix[0] }
    let whole = (
      addsBeginning ? [roles.beginning] : [], addsEnd ? [roles.end] : []
    )
    guard plain.isGPT2, template.prefix == whole.0, template.suffix == whole.1 else { return nil }
    let special = Set(specialTokens.values)
    var tables = TokenizerTables(tokens: [], kinds: [], merges: [])
    tables.roles = roles
    (tables.addsBeginning, tables.addsEnd) = (addsBeginning, addsEnd)
    for token in 0..<Int32(vocabularySize) {
      let bytes = bytes(of: token)
      let isSpecial = special.contains(token)
      tables.kinds.append(isSpecial ? .control : bytes.isEmpty ? .unused : .normal)
      tables.tokens.append(
        isSpecial
          ? String(decoding: bytes, as: UTF8.self)
          : bytes.isEmpty ? "[PAD\(token)]" : ByteAlphabet.encode(bytes))
    }
    tables.merges = merges.pairs.map { left, right in
      "\(tables.tokens[Int(left)]) \(tables.tokens[Int(right)])"
    }
    return tables
  }
}
