import InputLimits
import SafeFiles

extension Tokenizer {
  /// Whether a directory has the files of a tokenizer.
  public static func isPresent(in directory: String) -> Bool {
    let names = Set(DirectoryListing.names(in: directory))
    return names.contains("tokenizer.json") || names.isSuperset(of: ["vocab.json", "merges.txt"])
  }

  /// Reads the tokenizer of a Hugging Face directory: `tokenizer.json` where there is one, else
  /// `vocab.json` with `merges.txt` and what `tokenizer_config.json` and `special_tokens_map.json` say.
  ///
  /// Beside `tokenizer.json` only `eos_token` and `add_prefix_space` of these count: its own template says
  /// what stands before and after a text, whatever `add_bos_token` and `add_eos_token` say, as in
  /// transformers 5.
  public init(directory: String) throws(TokenizerError) {
    guard Self.isPresent(in: directory) else {
      let names = Set(DirectoryListing.names(in: directory))
      let half = ["vocab.json", "merges.txt"].first(where: names.contains)
      throw TokenizerError(
        .missing, path: directory,
        "the folder has no tokenizer: "
          + (half.map {
            "beside \($0) there must be \($0 == "vocab.json" ? "merges.txt" : "vocab.json")"
          }
            ?? "neither tokenizer.json, nor vocab.json with merges.txt"))
    }
    let config = try Self.config(directory)
    let file = directory + "/tokenizer.json"
    do throws(TokenizerError) {
      try self.init(tokenizerFile: file, config)
    } catch {
      guard error.code == .file(FileError(.missing, path: file)) else { throw error }
      try self.init(directory + "/vocab.json", directory + "/merges.txt", config)
    }
  }

  /// Reads `vocab.json` and `merges.txt`, or the same files under OpenAI's names.
  ///
  /// `<|endoftext|>` is a special token if the vocabulary has it, as `GPT2Tokenizer` makes it.
  public init(vocabulary vocabularyPath: String, merges mergesPath: String) throws(TokenizerError) {
    try self.init(
      vocabularyPath, mergesPath,
      TokenizerConfig(root: JSONObject(), map: JSONObject(), path: vocabularyPath))
  }

  private init(
    _ vocabularyPath: String, _ mergesPath: String, _ config: TokenizerConfig
  ) throws(TokenizerError) {
    var hash = ContentHash()
    let contents = try Self.contents(vocabularyPath, &hash)
    guard case .object(let entries) = try Self.json(contents, vocabularyPath) else {
      throw TokenizerError(.invalid, path: vocabularyPath, "a vocabulary must be a JSON object")
    }
    let pipeline = try config.pipeline(entries)
    var special: [String: Int32] = [:]
    for token in pipeline.addedTokens { special[token.content] = token.token }
    var vocabulary = try Vocabulary(entries, special: special, path: vocabularyPath)
    try vocabulary.addMerges(try Self.contents(mergesPath, &hash), path: mergesPath)
    let roles = try config.roles(special)
    // GPT-2's own tokenizer has one hash, whether these files stand beside it or not.
    let isPlain =
      pipeline.isGPT2 && pipeline.addedTokens.map(\.content) == [Tokenizer.usualEndOfText]
    if !isPlain { hash.update("\(pipeline)") }
    Self.update(&hash, with: roles, special)
    self.init(vocabulary, pipeline, roles, sha256: hash.finalize())
  }

  /// Reads a `tokenizer.json` of Hugging Face's tokenizers that holds a byte-level BPE.
  ///
  /// - Throws: `TokenizerError` with code `unsupported`, naming what differs, for another kind.
  public init(tokenizerFile path: String) throws(TokenizerError) {
    try self.init(
      tokenizerFile: path, TokenizerConfig(root: JSONObject(), map: JSONObject(), path: path))
  }

  private init(tokenizerFile path: String, _ config: TokenizerConfig) throws(TokenizerError) {
    var hash = ContentHash()
    guard case .object(let root) = try Self.json(try Self.contents(path, &hash), path) else {
      throw TokenizerError(.invalid, path: path, "tokenizer.json must be a JSON object")
    }
    var (vocabulary, pipeline) = try TokenizerFile(root: root, path: path).contents()
    if let addsSpace = try config.prefixSpace(), pipeline.preTokenizer.set(prefixSpace: addsSpace) {
      hash.update("add_prefix_space: \(addsSpace)")
    }
    let roles = try config.roles(vocabulary.specialTokens)
    Self.update(&hash, with: roles, vocabulary.specialTokens)
    self.init(vocabulary, pipeline, roles, sha256: hash.finalize())
  }

  /// What begins and ends a text belongs to what is computed, if it is not GPT-2's.
  private static func update(
    _ hash: inout ContentHash, with roles: TokenRoles, _ special: [String: Int32]
  ) {
    let usual = special[Tokenizer.usualEndOfText]
    if let end = roles.end, end != usual { hash.update("end of text: \(end)") }
    if let beginning = roles.beginning, beginning != usual {
      hash.update("beginning of text: \(beginning)")
    }
  }

  private static func config(_ directory: String) throws(TokenizerError) -> TokenizerConfig {
    func object(_ name: String) throws(TokenizerError) -> JSONObject {
      let path = directory + "/" + name
      var unused = ContentHash()
      do throws(TokenizerError) {
        let value = try json(try contents(path, &unused), path)
        return try TokenizerFile(root: JSONObject(), path: path).object(value, name)
      } catch {
        guard error.code == .file(FileError(.missing, path: path)) else { throw error }
        return JSONObject()
      }
    }
    return TokenizerConfig(
      root: try object("tokenizer_config.json"), map: try object("special_tokens_map.json"),
      path: directory + "/tokenizer_config.json")
  }

  private static func contents(
    _ path: String, _ hash: inout ContentHash
  ) throws(TokenizerError) -> [UInt8] {
    let contents: [UInt8]
    do throws(FileError) {
      contents = try BoundedReader.bytes(path: path, limit: .vocabularyBytes)
    } catch { throw TokenizerError(.file(error), path: path) }
    let isPointer = contents.withUnsafeBytes { bytes in
      hash.update(bytes)
      return GitLFSPointer.isOne(bytes)
    }
    guard !isPointer else { throw TokenizerError(.gitLFSPointer, path: path) }
    return contents
  }

  private static func json(_ contents: [UInt8], _ path: String) throws(TokenizerError) -> JSONValue
  {
    do throws(JSONError) { return try JSONReader.read(contents) } catch {
      throw TokenizerError(.json(error), path: path)
    }
  }
}

extension Vocabulary {
  /// Adds the lines of `merges.txt`: two entries with one space between them.
  mutating func addMerges(_ contents: [UInt8], path: String) throws(TokenizerError) {
    let lines = contents.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    reserveMerges(lines.count)
    var rank = 0
    for (index, bytes) in lines.enumerated() {
      let line = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
      if line.starts(with: Array("#version".utf8)) { continue }
      if line.isEmpty && index == lines.count - 1 { continue }
      let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      guard parts.count == 2, let left = String(validating: parts[0], as: UTF8.self),
        let right = String(validating: parts[1], as: UTF8.self)
      else {
        throw TokenizerError(
          .invalid, path: path, line: index + 1, "a merge is two entries with one space between")
      }
      try addMerge(left, right, rank: rank, path: path, line: index + 1)
      rank += 1
    }
  }
}
