import SafeFiles

/// What `tokenizer.json` says of normalizer, pre-tokenizer, post-processor and decoder.
extension TokenizerFile {
  // MARK: Normalizer

  func normalizer(
    _ value: JSONValue?, _ name: String
  ) throws(TokenizerError) -> [Normalizer.Step] {
    guard let value, value != .null else { return [] }
    let object = try object(value, name)
    let type = try string(object["type"], "\(name).type")
    if let form = Normalizer.Form(rawValue: type) { return [.form(form)] }
    switch type {
    case "Lowercase": return [.lowercase]
    case "Prepend": return [.prepend(try string(object["prepend"], "\(name).prepend"))]
    case "Strip":
      return [
        .strip(
          left: try boolean(object["strip_left"], "\(name).strip_left") ?? true,
          right: try boolean(object["strip_right"], "\(name).strip_right") ?? true)
      ]
    case "Replace":
      return [
        .replace(
          try expression(object["pattern"], "\(name).pattern"),
          with: try string(object["content"], "\(name).content"))
      ]
    case "Sequence":
      var steps: [Normalizer.Step] = []
      let elements = try array(object["normalizers"], "\(name).normalizers")
      for (index, element) in elements.enumerated() {
        steps += try normalizer(element, "\(name).normalizers[\(index)]")
      }
      return steps
    default:
      throw unsupported(
        "\(name).type", object["type"],
        "known are NFC, NFD, NFKC, NFKD, Lowercase, Prepend, Replace, Strip and Sequence")
    }
  }

  // MARK: Pre-tokenizer

  /// Steps that end with ByteLevel, without which the vocabulary would not be one of bytes.
  func preTokenizer() throws(TokenizerError) -> [PreTokenizer.Step] {
    let name = "pre_tokenizer"
    if root[name] == nil || root[name] == .null {
      let isFallback = try isFallingBack()
      throw unsupported(
        isFallback ? "model.byte_fallback" : name, isFallback ? .boolean(true) : root[name],
        "without ByteLevel the vocabulary is not one of bytes")
    }
    var elements = [(name, try object(root[name], name))]
    if elements[0].1["type"] == .string("Sequence") {
      let list = try array(elements[0].1["pretokenizers"], "\(name).pretokenizers")
      elements = []
      for (index, element) in list.enumerated() {
        let name = "\(name).pretokenizers[\(index)]"
        elements.append((name, try object(element, name)))
      }
    }
    var steps: [PreTokenizer.Step] = []
    var isByteLevel = false
    for (name, element) in elements {
      guard !isByteLevel else {
        throw unsupported(name, .object(element), "ByteLevel must be the last of a sequence")
      }
      steps += try preTokenizer(element, name)
      isByteLevel = element["type"] == .string("ByteLevel")
    }
    guard isByteLevel else {
      throw unsupported(name, root[name], "without ByteLevel the vocabulary is not one of bytes")
    }
    return steps
  }

  /// Whether bytes are tokens such as `<0x0A>`, as in the BPE of SentencePiece.
  private func isFallingBack() throws(TokenizerError) -> Bool {
    let model = try object(root["model"], "model")
    return try boolean(model["byte_fallback"], "model.byte_fallback") ?? false
  }

  private func preTokenizer(
    _ object: JSONObject, _ name: String
  ) throws(TokenizerError) -> [PreTokenizer.Step] {
    switch try string(object["type"], "\(name).type") {
    case "ByteLevel":
      let hasPrefix = try boolean(object["add_prefix_space"], "\(name).add_prefix_space") ?? true
      // Older files lack the key, and have GPT-2's expression.
      let hasWords = try boolean(object["use_regex"], "\(name).use_regex") ?? true
      return (hasPrefix ? [.prefixSpace] : []) + (hasWords ? [.gpt2Words] : [])
    case "Split":
      return [
        .split(
          try expression(object["pattern"], "\(name).pattern"),
          try behavior(object["behavior"], "\(name).behavior"),
          isInverted: try boolean(object["invert"], "\(name).invert") ?? false)
      ]
    case "Digits":
      let single = try boolean(object["individual_digits"], "\(name).individual_digits") ?? false
      let numbers = CharacterClass([.categories(CharacterClass.categories["N"] ?? 0)])
      return [
        .split(
          SplitExpression(numbers, pattern: "\\p{N}"), single ? .isolated : .contiguous,
          isInverted: false)
      ]
    default:
      throw unsupported(
        "\(name).type", object["type"], "known are ByteLevel, Split, Digits and Sequence")
    }
  }

  private func behavior(
    _ value: JSONValue?, _ name: String
  ) throws(TokenizerError) -> PreTokenizer.Behavior {
    guard let behavior = PreTokenizer.Behavior(rawValue: try string(value, name)) else {
      let known = PreTokenizer.Behavior.allCases.map(\.rawValue).joined(separator: ", ")
      throw unsupported(name, value, "known are \(known)")
    }
    return behavior
  }

  /// `{"String": …}` or `{"Regex": …}`.
  private func expression(
    _ value: JSONValue?, _ name: String
  ) throws(TokenizerError) -> SplitExpression {
    let object = try object(value, name)
    if let text = object["String"] {
      let text = try string(text, "\(name).String")
      guard !text.isEmpty else { throw unsupported(name, .string(text), "it is found everywhere") }
      return SplitExpression(literal: text)
    }
    let pattern = try string(object["Regex"], "\(name).Regex")
    do { return try SplitExpressionParser.parse(pattern) } catch {
      throw unsupported(name, .string(pattern), "the expression \(error.reason)")
    }
  }

  // MARK: Post-processor

  /// The tokens before and after those of a text.
  func template(
    _ value: JSONValue, _ name: String
  ) throws(TokenizerError) -> (prefix: [Int32], suffix: [Int32]) {
    let object = try object(value, name)
    switch try string(object["type"], "\(name).type") {
    case "ByteLevel": return ([], [])  // It moves offsets alone.
    case "TemplateProcessing":
      return try template(object, name)
    case "Sequence":
      var whole: (prefix: [Int32], suffix: [Int32]) = ([], [])
      let elements = try array(object["processors"], "\(name).processors")
      for (index, element) in elements.enumerated() {
        let part = try template(element, "\(name).processors[\(index)]")
        whole = (part.prefix + whole.prefix, whole.suffix + part.suffix)
      }
      return whole
    default:
      throw unsupported(
        "\(name).type", object["type"], "known are ByteLevel, TemplateProcessing and Sequence")
    }
  }

  private func template(
    _ object: JSONObject, _ name: String
  ) throws(TokenizerError) -> (prefix: [Int32], suffix: [Int32]) {
    var found: (prefix: [Int32], suffix: [Int32]) = ([], [])
    var texts = 0
    let pieces = try array(object["single"], "\(name).single")
    for (index, piece) in pieces.enumerated() {
      let name = "\(name).single[\(index)]"
      let piece = try self.object(piece, name)
      if let sequence = piece["Sequence"] {
        let sequence = try self.object(sequence, "\(name).Sequence")
        guard sequence["id"] == .string("A") else {
          throw unsupported("\(name).Sequence.id", sequence["id"], "only 'A' is a single text")
        }
        texts += 1
        continue
      }
      let special = try self.object(piece["SpecialToken"], "\(name).SpecialToken")
      let id = try string(special["id"], "\(name).SpecialToken.id")
      let tokens = try specialTokens(of: object, id, name)
      if texts == 0 { found.prefix += tokens } else { found.suffix += tokens }
    }
    guard texts == 1 else {
      throw TokenizerError(.unsupported, path: path, "\(name).single has the text \(texts) times")
    }
    return found
  }

  private func specialTokens(
    of template: JSONObject, _ id: String, _ name: String
  ) throws(TokenizerError) -> [Int32] {
    let all = try object(template["special_tokens"], "\(name): special_tokens")
    let entry = try object(all[id], "\(name): special_tokens['\(id)']")
    var tokens: [Int32] = []
    for token in try array(entry["ids"], "\(name): special_tokens['\(id)'].ids") {
      guard case .integer(let token) = token, 0..<Vocabulary.sizeLimit ~= token else {
        throw TokenizerError(
          .invalid, path: path, "special_tokens['\(id)'].ids must be whole numbers of tokens")
      }
      tokens.append(Int32(token))
    }
    return tokens
  }

  // MARK: Decoder

  func checkDecoder() throws(TokenizerError) {
    guard let value = root["decoder"], value != .null else { return }
    let type = try object(value, "decoder")["type"]
    guard type == .string("ByteLevel") else {
      throw unsupported("decoder.type", type, "tokens of bytes are decoded by ByteLevel")
    }
  }
}
