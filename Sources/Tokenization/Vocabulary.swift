import SafeFiles

/// A checked vocabulary: every token is within limits, every merge gives one.
struct Vocabulary {
  /// The most tokens that are accepted.
  static let sizeLimit = 1 << 22

  /// The bytes of each token; empty where a number is not used.
  private(set) var tokens: [[UInt8]] = []
  /// The token of each single byte; -1 where there is none.
  private(set) var byteTokens: [Int32] = []
  private(set) var merges = MergeTable(capacity: 0)
  private(set) var specialTokens: [String: Int32] = [:]

  private var byEntry: [String: Int32] = [:]
  private let path: String

  /// A text in GPT-2's byte alphabet, or a special one, and its token.
  struct Entry {
    var text: String
    var token: Int
    /// Line in the file, from 1, where there are lines.
    var line: Int?
  }

  /// The entries of a JSON object that maps texts to tokens; as `init(_:special:path:)`.
  init(_ object: JSONObject, special: [String: Int32], path: String) throws(TokenizerError) {
    var entries: [Entry] = []
    entries.reserveCapacity(object.members.count)
    for member in object.members {
      guard case .integer(let token) = member.value else {
        throw Self.outOfRange(member.name, line: member.line, path: path)
      }
      entries.append(Entry(text: member.name, token: token, line: member.line))
    }
    try self.init(entries, special: special, path: path)
  }

  /// - Parameters:
  ///   - entries: texts in GPT-2's byte alphabet, or special ones, with their tokens.
  ///   - special: entries that are written out in texts; they are not in the byte alphabet.
  ///   - path: the file, for messages.
  init(_ entries: [Entry], special: [String: Int32], path: String) throws(TokenizerError) {
    self.path = path
    let size = try Self.size(entries, special, path: path)
    tokens = Array(repeating: [], count: size)
    byEntry.reserveCapacity(entries.count)
    for entry in entries {
      guard byEntry[entry.text] == nil, tokens[entry.token].isEmpty else {
        throw TokenizerError(
          .invalid, path: path, line: entry.line,
          "token \(entry.token) of entry '\(entry.text)' is taken")
      }
      byEntry[entry.text] = Int32(entry.token)
      tokens[entry.token] = try Self.bytes(
        of: entry, isSpecial: special[entry.text] != nil, path: path)
    }
    for (text, token) in special {
      if let known = byEntry[text], known != token {
        throw TokenizerError(
          .invalid, path: path,
          "added token '\(text)' is token \(token), but \(known) in the vocabulary")
      }
      guard !text.isEmpty, tokens[Int(token)].isEmpty || byEntry[text] == token else {
        throw TokenizerError(
          .invalid, path: path, "token \(token) of added token '\(text)' is taken")
      }
      tokens[Int(token)] = Self.bytes(ofAdded: text)
    }
    specialTokens = special
    // Some makers of vocabularies leave bytes out that their texts do not have.
    byteTokens = ByteAlphabet.scalars.map { byEntry[String($0)] ?? -1 }
    guard byteTokens.contains(where: { $0 >= 0 }) else {
      throw TokenizerError(
        .invalid, path: path, "the vocabulary has no entry in GPT-2's byte alphabet")
    }
  }

  /// Whether every byte has a token.
  var isComplete: Bool { !byteTokens.contains { $0 < 0 } }

  /// The token of an entry as it is written in the file.
  func token(ofEntry entry: String) -> Int32? { byEntry[entry] }

  /// Tokens by the bytes that their entries stand for, but for entries that stand for none.
  var entriesByBytes: [[UInt8]: Int32] {
    var tokens: [[UInt8]: Int32] = [:]
    for (entry, token) in byEntry {
      if let bytes = ByteAlphabet.decode(entry) { tokens[bytes] = token }
    }
    return tokens
  }

  private static func size(
    _ entries: [Entry], _ special: [String: Int32], path: String
  ) throws(TokenizerError) -> Int {
    var largest = 0
    for entry in entries {
      guard 0..<sizeLimit ~= entry.token else {
        throw outOfRange(entry.text, line: entry.line, path: path)
      }
      largest = max(largest, entry.token)
    }
    for (text, token) in special {
      guard 0..<Int32(sizeLimit) ~= token else {
        throw TokenizerError(.invalid, path: path, "added token '\(text)' is out of range")
      }
      largest = max(largest, Int(token))
    }
    return largest + 1
  }

  private static func outOfRange(_ text: String, line: Int?, path: String) -> TokenizerError {
    TokenizerError(
      .invalid, path: path, line: line,
      "entry '\(text)' must be a whole number from 0 to \(sizeLimit - 1)")
  }

  private static func bytes(
    of entry: Entry, isSpecial: Bool, path: String
  ) throws(TokenizerError) -> [UInt8] {
    if isSpecial { return bytes(ofAdded: entry.text) }
    guard !entry.text.isEmpty, let bytes = ByteAlphabet.decode(entry.text) else {
      throw TokenizerError(
        .invalid, path: path, line: entry.line,
        "entry '\(entry.text)' is not written in GPT-2's byte alphabet")
    }
    return bytes
  }

  /// The peer decodes an added token as it does any other, where all its characters stand for bytes.
  static func bytes(ofAdded text: String) -> [UInt8] {
    ByteAlphabet.decode(text) ?? Array(text.utf8)
  }

  /// Makes room for `count` merges.
  mutating func reserveMerges(_ count: Int) { merges = MergeTable(capacity: count) }

  /// Adds the merge of the next rank.
  mutating func addMerge(
    _ left: String, _ right: String, rank: Int, path: String, line: Int?
  ) throws(TokenizerError) {
    func token(_ entry: String) throws(TokenizerError) -> Int32 {
      guard let token = byEntry[entry] else {
        throw TokenizerError(
          .invalid, path: path, line: line,
          "merge '\(left) \(right)' (number \(rank)) needs '\(entry)', which is not in the vocabulary"
        )
      }
      return token
    }
    let result = try token(left + right)
    merges.insert(
      try token(left), try token(right), MergeTable.Merge(rank: Int32(rank), result: result))
  }
}
