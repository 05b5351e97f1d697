import SafeFiles

/// A checked vocabulary: every token is within limits, every byte has one, every merge gives one.
struct Vocabulary {
  /// The most tokens that are accepted.
  static let sizeLimit = 1 << 22

  /// The bytes of each token; empty where a number is not used.
  private(set) var tokens: [[UInt8]] = []
  /// The token of each single byte.
  private(set) var byteTokens: [Int32] = []
  private(set) var merges = MergeTable(capacity: 0)
  private(set) var specialTokens: [String: Int32] = [:]

  private var byEntry: [String: Int32] = [:]
  private let path: String

  /// - Parameters:
  ///   - entries: the JSON object that maps entries in GPT-2's byte alphabet to tokens.
  ///   - special: entries that are written out in texts; they are not in the byte alphabet.
  ///   - path: the file, for messages.
  init(_ entries: JSONObject, special: [String: Int32], path: String) throws(TokenizerError) {
    self.path = path
    let size = try Self.size(entries, special, path: path)
    tokens = Array(repeating: [], count: size)
    byEntry.reserveCapacity(entries.members.count)
    for member in entries.members {
      guard case .integer(let token) = member.value else { continue }
      guard byEntry[member.name] == nil, tokens[token].isEmpty else {
        throw TokenizerError(
          .invalid, path: path, line: member.line,
          "token \(token) of entry '\(member.name)' is taken")
      }
      byEntry[member.name] = Int32(token)
      tokens[token] = try Self.bytes(of: member, isSpecial: special[member.name] != nil, path: path)
    }
    for (text, token) in special {
      let bytes = Array(text.utf8)
      guard !bytes.isEmpty, tokens[Int(token)].isEmpty || byEntry[text] == token else {
        throw TokenizerError(
          .invalid, path: path, "token \(token) of added token '\(text)' is taken")
      }
      tokens[Int(token)] = bytes
    }
    specialTokens = special
    for (byte, scalar) in ByteAlphabet.scalars.enumerated() {
      guard let token = byEntry[String(scalar)] else {
        throw TokenizerError(
          .invalid, path: path, "vocabulary has no entry '\(scalar)' for the byte \(byte)")
      }
      byteTokens.append(token)
    }
  }

  private static func size(
    _ entries: JSONObject, _ special: [String: Int32], path: String
  ) throws(TokenizerError) -> Int {
    var largest = 0
    for member in entries.members {
      guard case .integer(let token) = member.value, 0..<sizeLimit ~= token else {
        throw TokenizerError(
          .invalid, path: path, line: member.line,
          "entry '\(member.name)' must be a whole number from 0 to \(sizeLimit - 1)")
      }
      largest = max(largest, token)
    }
    for (text, token) in special {
      guard 0..<Int32(sizeLimit) ~= token else {
        throw TokenizerError(.invalid, path: path, "added token '\(text)' is out of range")
      }
      largest = max(largest, Int(token))
    }
    return largest + 1
  }

  private static func bytes(
    of member: JSONObject.Member, isSpecial: Bool, path: String
  ) throws(TokenizerError) -> [UInt8] {
    if isSpecial { return Array(member.name.utf8) }
    guard !member.name.isEmpty, let bytes = ByteAlphabet.decode(member.name) else {
      throw TokenizerError(
        .invalid, path: path, line: member.line,
        "entry '\(member.name)' is not written in GPT-2's byte alphabet")
    }
    return bytes
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
