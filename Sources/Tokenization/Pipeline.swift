/// What a tokenizer does to a text beside merging bytes.
struct Pipeline: Sendable {
  var normalizer = Normalizer()
  var preTokenizer = PreTokenizer(steps: [.gpt2Words])
  var addedTokens: [AddedToken] = []
  /// Written before and after the tokens of a text where a caller asks for them.
  var template: (prefix: [Int32], suffix: [Int32]) = ([], [])
  /// A word that is an entry of the vocabulary is its token, whatever the merges.
  var ignoresMerges = false
  /// Stands for bytes without a token; without it they are left out.
  var unknown: UnknownToken?

  /// Whether a text is treated as GPT-2's tokenizer treats it.
  var isGPT2: Bool {
    normalizer.steps.isEmpty && preTokenizer.isGPT2 && template.prefix.isEmpty
      && template.suffix.isEmpty && !ignoresMerges && unknown == nil
      && addedTokens.allSatisfy { !$0.isSingleWord && !$0.stripsLeft && !$0.stripsRight }
  }

  struct UnknownToken: Sendable {
    var token: Int32
    /// Several in a row are one token.
    var isFused: Bool
  }
}
