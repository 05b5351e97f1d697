import SafeFiles

extension Tokenizer {
  /// Whether a directory has the files of a tokenizer.
  public static func isPresent(in directory: String) -> Bool {
    let names = Set(DirectoryListing.names(in: directory))
    return names.contains("tokenizer.json") || names.isSuperset(of: ["vocab.json", "merges.txt"])
  }

  /// Reads the tokenizer of a Hugging Face directory: `tokenizer.json` where there is one, else
  /// `vocab.json` with `merges.txt`.
  public init(directory: String) throws(TokenizerError) {
    let file = directory + "/tokenizer.json"
    do throws(TokenizerError) {
      try self.init(tokenizerFile: file)
    } catch {
      guard error.code == .file(FileError(.missing, path: file)) else { throw error }
      try self.init(
        vocabulary: directory + "/vocab.json", merges: directory + "/merges.txt")
    }
  }

  /// Reads `vocab.json` and `merges.txt`, or the same files under OpenAI's names.
  ///
  /// `<|endoftext|>` is a special token if the vocabulary has it, as `GPT2Tokenizer` makes it.
  public init(vocabulary vocabularyPath: String, merges mergesPath: String) throws(TokenizerError) {
    var hash = ContentHash()
    let contents = try Self.contents(vocabularyPath, &hash)
    guard case .object(let entries) = try Self.json(contents, vocabularyPath) else {
      throw TokenizerError(.invalid, path: vocabularyPath, "a vocabulary must be a JSON object")
    }
    var special: [String: Int32] = [:]
    if case .integer(let token) = entries["<|endoftext|>"] {
      special["<|endoftext|>"] = Int32(clamping: token)
    }
    var vocabulary = try Vocabulary(entries, special: special, path: vocabularyPath)
    try vocabulary.addMerges(try Self.contents(mergesPath, &hash), path: mergesPath)
    self.init(vocabulary, sha256: hash.finalize())
  }

  /// Reads a `tokenizer.json` of Hugging Face's tokenizers that holds a byte-level BPE.
  ///
  /// - Throws: `TokenizerError` with code `unsupported`, naming what differs, for another kind.
  public init(tokenizerFile path: String) throws(TokenizerError) {
    var hash = ContentHash()
    guard case .object(let root) = try Self.json(try Self.contents(path, &hash), path) else {
      throw TokenizerError(.invalid, path: path, "tokenizer.json must be a JSON object")
    }
    let (vocabulary, pipeline) = try TokenizerFile(root: root, path: path).contents()
    self.init(vocabulary, pipeline, sha256: hash.finalize())
  }

  private static func contents(
    _ path: String, _ hash: inout ContentHash
  ) throws(TokenizerError) -> [UInt8] {
    do throws(FileError) {
      let contents = try BoundedReader.bytes(path: path, limit: Limits.vocabulary)
      contents.withUnsafeBytes { hash.update($0) }
      return contents
    } catch { throw TokenizerError(.file(error), path: path) }
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
