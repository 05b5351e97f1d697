import SafeFiles

/// A `tokenizer.json`, checked to hold a byte-level BPE as GPT-2's and nothing that changes tokens.
struct TokenizerFile {
  let root: JSONObject
  let path: String

  func vocabulary() throws(TokenizerError) -> Vocabulary {
    try checkPipeline()
    let model = try object(root["model"], "model")
    try checkModel(model)
    let entries = try object(model["vocab"], "model.vocab")
    var vocabulary = try Vocabulary(entries, special: try addedTokens(), path: path)
    try addMerges(model, to: &vocabulary)
    return vocabulary
  }

  /// Everything before and after the model: no normalizer, GPT-2's words, no template.
  private func checkPipeline() throws(TokenizerError) {
    try checkAbsent(root["normalizer"], "normalizer")
    let preTokenizer = try object(root["pre_tokenizer"], "pre_tokenizer")
    try check(preTokenizer["type"], is: .string("ByteLevel"), "pre_tokenizer.type")
    try check(
      preTokenizer["add_prefix_space"], is: .boolean(false), "pre_tokenizer.add_prefix_space")
    // Older files lack the key, and have GPT-2's expression.
    if let useRegex = preTokenizer["use_regex"] {
      try check(useRegex, is: .boolean(true), "pre_tokenizer.use_regex")
    }
    if case .object(let processor) = root["post_processor"] {
      try check(processor["type"], is: .string("ByteLevel"), "post_processor.type")
    } else {
      try checkAbsent(root["post_processor"], "post_processor")
    }
  }

  private func checkModel(_ model: JSONObject) throws(TokenizerError) {
    if let type = model["type"] { try check(type, is: .string("BPE"), "model.type") }
    try checkAbsent(model["dropout"], "model.dropout")
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if model[key] != .string("") { try checkAbsent(model[key], "model.\(key)") }
    }
    for key in ["byte_fallback", "ignore_merges"] {
      if let value = model[key] { try check(value, is: .boolean(false), "model.\(key)") }
    }
  }

  private func addedTokens() throws(TokenizerError) -> [String: Int32] {
    guard let value = root["added_tokens"], value != .null else { return [:] }
    guard case .array(let elements) = value else {
      throw TokenizerError(.invalid, path: path, "added_tokens must be an array")
    }
    var tokens: [String: Int32] = [:]
    for (index, element) in elements.enumerated() {
      let name = "added_tokens[\(index)]"
      let token = try object(element, name)
      guard case .string(let content) = token["content"], !content.isEmpty,
        case .integer(let id) = token["id"], let id32 = Int32(exactly: id),
        tokens.updateValue(id32, forKey: content) == nil
      else {
        throw TokenizerError(.invalid, path: path, "\(name) must have its own content and id")
      }
      for key in ["single_word", "lstrip", "rstrip"] {
        if let value = token[key] { try check(value, is: .boolean(false), "\(name).\(key)") }
      }
    }
    return tokens
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

  private func object(_ value: JSONValue?, _ name: String) throws(TokenizerError) -> JSONObject {
    guard case .object(let object) = value else {
      throw TokenizerError(
        .invalid, path: path, "\(name) must be an object, not \(value?.kind ?? "missing")")
    }
    return object
  }

  private func checkAbsent(_ value: JSONValue?, _ name: String) throws(TokenizerError) {
    guard value == nil || value == .null else {
      throw TokenizerError(.unsupported, path: path, "\(name) is \(shown(value)), GPT-2 has none")
    }
  }

  private func check(
    _ value: JSONValue?, is expected: JSONValue, _ name: String
  ) throws(TokenizerError) {
    guard value == expected else {
      throw TokenizerError(
        .unsupported, path: path, "\(name) is \(shown(value)), GPT-2 has \(shown(expected))")
    }
  }

  private func shown(_ value: JSONValue?) -> String {
    switch value {
    case .string(let text): "'\(text.prefix(80))'"
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
