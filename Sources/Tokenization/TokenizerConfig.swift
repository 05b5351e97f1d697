import SafeFiles

/// What `tokenizer_config.json` and `special_tokens_map.json` say beside `vocab.json` and `merges.txt`.
///
/// As `GPT2Tokenizer` of transformers takes it, but that a special token without a number gets none.
struct TokenizerConfig {
  /// Of `tokenizer_config.json`.
  let root: JSONObject
  /// Of `special_tokens_map.json`: it goes before the other, but for one with `added_tokens_decoder`,
  /// which was written by a program that no longer reads it.
  let map: JSONObject
  /// The file of `root`, for messages.
  let path: String

  /// The texts that begin a text, end it and so on, in the files or by GPT-2's custom.
  private static let names = [
    "bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token",
  ]

  /// - Parameter vocabulary: the object of `vocab.json`.
  func pipeline(_ vocabulary: JSONObject) throws(TokenizerError) -> Pipeline {
    let file = TokenizerFile(root: root, path: path)
    var pipeline = Pipeline()
    if try file.boolean(root["add_prefix_space"], "add_prefix_space") ?? false {
      pipeline.preTokenizer.steps.insert(.prefixSpace, at: 0)
    }
    pipeline.addedTokens = try addedTokens(vocabulary, file)
    for (key, name, isPrefix) in [
      ("add_bos_token", "bos_token", true), ("add_eos_token", "eos_token", false),
    ] where try file.boolean(root[key], key) ?? false {
      let content = try named(name, file)?.content ?? Tokenizer.usualEndOfText
      guard let token = pipeline.addedTokens.first(where: { $0.content == content })?.token else {
        throw TokenizerError(
          .invalid, path: path, "\(key) is true, but \(name) '\(content)' has no number")
      }
      if isPrefix { pipeline.template.prefix = [token] } else { pipeline.template.suffix = [token] }
    }
    return pipeline
  }

  /// Whether a space is put before a text that has none, whatever `tokenizer.json` says: `GPT2Tokenizer`
  /// and `GPT2TokenizerFast` make their own pre-tokenizer. nil where another class is named, which
  /// follows `tokenizer.json`, or there is no `tokenizer_config.json`.
  func prefixSpace() throws(TokenizerError) -> Bool? {
    guard !root.members.isEmpty, isGPT2Class else { return nil }
    let file = TokenizerFile(root: root, path: path)
    return try file.boolean(root["add_prefix_space"], "add_prefix_space") ?? false
  }

  /// Whether transformers reads the files as `GPT2Tokenizer`.
  private var isGPT2Class: Bool {
    guard case .string(let name)? = root["tokenizer_class"] else { return true }
    return ["GPT2Tokenizer", "GPT2TokenizerFast"].contains(name)
  }

  /// The parts that special tokens have; those that GPT-2's own class has by custom where no other is named.
  func roles(_ special: [String: Int32]) throws(TokenizerError) -> TokenRoles {
    let file = TokenizerFile(root: root, path: path)
    func token(_ name: String, isCustom: Bool) throws(TokenizerError) -> Int32? {
      if let content = try named(name, file)?.content { return special[content] }
      return isCustom && isGPT2Class && value(name) == nil ? special[Tokenizer.usualEndOfText] : nil
    }
    return TokenRoles(
      beginning: try token("bos_token", isCustom: true),
      end: try token("eos_token", isCustom: true),
      unknown: try token("unk_token", isCustom: true),
      padding: try token("pad_token", isCustom: false))
  }

  private func addedTokens(
    _ vocabulary: JSONObject, _ file: TokenizerFile
  ) throws(TokenizerError) -> [AddedToken] {
    var tokens: [AddedToken] = []
    if let value = root["added_tokens_decoder"], value != .null {
      for member in try file.object(value, "added_tokens_decoder").members {
        let name = "added_tokens_decoder['\(member.name)']"
        guard let id = Int32(member.name) else {
          throw TokenizerError(.invalid, path: path, "\(name) must be named by a number")
        }
        tokens.append(try file.addedToken(try file.object(member.value, name), id, name))
      }
    }
    var known: [String: Int] = [:]
    for (index, token) in tokens.enumerated() {
      guard known.updateValue(index, forKey: token.content) == nil else {
        throw TokenizerError(
          .invalid, path: path, "added_tokens_decoder has '\(token.content)' twice")
      }
    }
    for name in Self.names {
      let isGPT2s = ["bos_token", "eos_token", "unk_token"].contains(name)
      guard
        var token = try named(name, file)
          ?? (isGPT2s ? AddedToken(content: Tokenizer.usualEndOfText, token: -1) : nil)
      else { continue }
      if let index = known[token.content] {
        tokens[index].isSpecial = true
      } else if case .integer(let number) = vocabulary[token.content] {
        token.token = Int32(clamping: number)
        known[token.content] = tokens.count
        tokens.append(token)
      }
    }
    return tokens
  }

  /// The token under a name such as `eos_token`, without its number: a text, or an object with flags.
  private func named(_ name: String, _ file: TokenizerFile) throws(TokenizerError) -> AddedToken? {
    return switch value(name) {
    case .string(let content) where !content.isEmpty: AddedToken(content: content, token: -1)
    case .object(let object): try file.addedToken(object, -1, name)
    case nil, .null: nil
    case .string: throw TokenizerError(.invalid, path: path, "\(name) must not be empty")
    case let value?:
      throw TokenizerError(.invalid, path: path, "\(name) must be a text, not \(value.kind)")
    }
  }

  private func value(_ name: String) -> JSONValue? {
    root["added_tokens_decoder"] == nil ? map[name] ?? root[name] : root[name]
  }
}
