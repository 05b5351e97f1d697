import SafeFiles

/// A `tokenizer.json`, checked to hold a byte-level BPE; anything that this program does not compute
/// is refused by name.
struct TokenizerFile {
  let root: JSONObject
  let path: String

  func contents() throws(TokenizerError) -> (Vocabulary, Pipeline) {
    let model = try object(root["model"], "model")
    try checkModel(model)
    // What is no BPE of bytes is refused by what makes it so, before its vocabulary is judged as one of bytes.
    let steps = try preTokenizer()
    try checkDecoder()
    let entries = try object(model["vocab"], "model.vocab")
    let added = try addedTokens()
    let special = Dictionary(uniqueKeysWithValues: added.map { ($0.content, $0.token) })
    var vocabulary = try Vocabulary(entries, special: special, path: path)
    try addMerges(model, to: &vocabulary)
    var pipeline = Pipeline(
      normalizer: Normalizer(steps: try normalizer(root["normalizer"], "normalizer")),
      preTokenizer: PreTokenizer(steps: steps), addedTokens: added)
    pipeline.addedTokens = try normalized(added, by: pipeline.normalizer)
    if let value = root["post_processor"], value != .null {
      pipeline.template = try template(value, "post_processor")
      for token in pipeline.template.prefix + pipeline.template.suffix
      where token >= vocabulary.tokens.count {
        throw TokenizerError(
          .invalid, path: path, "post_processor adds token \(token), which is not in the vocabulary"
        )
      }
    }
    pipeline.ignoresMerges = try boolean(model["ignore_merges"], "model.ignore_merges") ?? false
    pipeline.unknown = try unknown(model, vocabulary)
    return (vocabulary, pipeline)
  }

  // MARK: Model

  private func checkModel(_ model: JSONObject) throws(TokenizerError) {
    if let type = model["type"], type != .string("BPE") {
      throw unsupported("model.type", type, "only 'BPE' is computed")
    }
    if let dropout = model["dropout"], dropout != .null, dropout != .integer(0),
      dropout != .number(0)
    {
      throw unsupported("model.dropout", dropout, "tokens would be drawn at random")
    }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      guard let value = model[key], value != .null, value != .string("") else { continue }
      throw unsupported("model.\(key)", value, "only an empty one is computed")
    }
  }

  /// Matters only where a byte has no token.
  private func unknown(
    _ model: JSONObject, _ vocabulary: Vocabulary
  ) throws(TokenizerError) -> Pipeline.UnknownToken? {
    guard !vocabulary.isComplete else { return nil }
    if try boolean(model["byte_fallback"], "model.byte_fallback") ?? false {
      throw unsupported(
        "model.byte_fallback", .boolean(true), "and some byte has no entry in the vocabulary")
    }
    guard let value = model["unk_token"], value != .null else { return nil }
    guard case .string(let entry) = value, let token = vocabulary.token(ofEntry: entry) else {
      throw TokenizerError(
        .invalid, path: path, "model.unk_token is \(shown(value)), which is not in the vocabulary")
    }
    return Pipeline.UnknownToken(
      token: token, isFused: try boolean(model["fuse_unk"], "model.fuse_unk") ?? false)
  }

  /// Merges are texts `"a b"` or, in newer files, arrays `["a", "b"]`.
  private func addMerges(
    _ model: JSONObject, to vocabulary: inout Vocabulary
  ) throws(TokenizerError) {
    guard case .array(let merges) = model["merges"] else {
      throw TokenizerError(.invalid, path: path, "model.merges must be an array")
    }
    vocabulary.reserveMerges(merges.count)
    for (rank, merge) in merges.enumerated() {
      guard let (left, right) = pair(merge) else {
        throw TokenizerError(.invalid, path: path, "model.merges[\(rank)] must be two entries")
      }
      try vocabulary.addMerge(left, right, rank: rank, path: path, line: nil)
    }
  }

  private func pair(_ merge: JSONValue) -> (String, String)? {
    switch merge {
    case .string(let text):
      let parts = text.split(separator: " ", omittingEmptySubsequences: false)
      return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    case .array(let parts):
      guard parts.count == 2, case .string(let left) = parts[0], case .string(let right) = parts[1]
      else { return nil }
      return (left, right)
    default: return nil
    }
  }

  // MARK: Added tokens

  private func addedTokens() throws(TokenizerError) -> [AddedToken] {
    guard let value = root["added_tokens"], value != .null else { return [] }
    guard case .array(let elements) = value else {
      throw TokenizerError(.invalid, path: path, "added_tokens must be an array")
    }
    var contents: Set<String> = []
    var tokens: [AddedToken] = []
    for (index, element) in elements.enumerated() {
      let name = "added_tokens[\(index)]"
      let token = try object(element, name)
      guard case .integer(let id) = token["id"], let id = Int32(exactly: id) else {
        throw TokenizerError(.invalid, path: path, "\(name) must have its own id")
      }
      tokens.append(try addedToken(token, id, name))
      guard contents.insert(tokens[index].content).inserted else {
        throw TokenizerError(.invalid, path: path, "\(name) must have its own content")
      }
    }
    return tokens
  }

  /// An added token with its flags.
  func addedToken(
    _ object: JSONObject, _ id: Int32, _ name: String
  ) throws(TokenizerError) -> AddedToken {
    guard case .string(let content) = object["content"], !content.isEmpty else {
      throw TokenizerError(.invalid, path: path, "\(name) must have content")
    }
    func flag(_ key: String) throws(TokenizerError) -> Bool {
      try boolean(object[key], "\(name).\(key)") ?? false
    }
    return AddedToken(
      content: content, token: id, isSingleWord: try flag("single_word"),
      stripsLeft: try flag("lstrip"), stripsRight: try flag("rstrip"),
      isNormalized: try flag("normalized"), isSpecial: try flag("special"))
  }

  /// With the contents of those that are looked for in the normalized text normalized as well.
  private func normalized(
    _ tokens: [AddedToken], by normalizer: Normalizer
  ) throws(TokenizerError) -> [AddedToken] {
    var result = tokens
    for index in tokens.indices where tokens[index].isNormalized && !normalizer.steps.isEmpty {
      var content = tokens[index].content
      do { content = try content.withUTF8 { try normalizer.normalized($0) } } catch {
        throw TokenizerError(.unsupported, path: path, "added_tokens[\(index)]: \(error)")
      }
      guard !content.isEmpty else {
        throw TokenizerError(
          .unsupported, path: path,
          "added_tokens[\(index)] is '\(tokens[index].content)', and nothing when normalized")
      }
      result[index].content = content
    }
    return result
  }
}

// MARK: Reading

extension TokenizerFile {
  func object(_ value: JSONValue?, _ name: String) throws(TokenizerError) -> JSONObject {
    guard case .object(let object) = value else {
      throw TokenizerError(
        .invalid, path: path, "\(name) must be an object, not \(value?.kind ?? "missing")")
    }
    return object
  }

  func array(_ value: JSONValue?, _ name: String) throws(TokenizerError) -> [JSONValue] {
    guard case .array(let array) = value else {
      throw TokenizerError(
        .invalid, path: path, "\(name) must be an array, not \(value?.kind ?? "missing")")
    }
    return array
  }

  func string(_ value: JSONValue?, _ name: String) throws(TokenizerError) -> String {
    guard case .string(let text) = value else {
      throw TokenizerError(
        .invalid, path: path, "\(name) must be a text, not \(value?.kind ?? "missing")")
    }
    return text
  }

  /// Nil where the key is absent.
  func boolean(_ value: JSONValue?, _ name: String) throws(TokenizerError) -> Bool? {
    guard let value, value != .null else { return nil }
    guard case .boolean(let truth) = value else {
      throw TokenizerError(.invalid, path: path, "\(name) must be true or false, not \(value.kind)")
    }
    return truth
  }

  func unsupported(_ name: String, _ value: JSONValue?, _ reason: String) -> TokenizerError {
    TokenizerError(.unsupported, path: path, "\(name) is \(shown(value)): \(reason)")
  }

  func shown(_ value: JSONValue?) -> String {
    switch value {
    case .string(let text): "'\(text.prefix(200))'"
    case .boolean(let truth): "\(truth)"
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .object(let object):
      if case .string(let type) = object["type"] { "'\(type.prefix(80))'" } else { "an object" }
    case nil: "missing"
    case let value?: value.kind
    }
  }
}
