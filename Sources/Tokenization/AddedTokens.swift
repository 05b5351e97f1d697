/// A token that is found in a text as it is written, before the text is cut into words.
///
/// As `AddedToken` in Hugging Face's tokenizers.
struct AddedToken: Hashable, Sendable {
  var content: String
  var token: Int32
  /// Counts only where no word character stands beside it.
  var isSingleWord = false
  /// Takes the white space before it.
  var stripsLeft = false
  /// Takes the white space after it.
  var stripsRight = false
  /// Is normalized itself, and looked for in the normalized text.
  var isNormalized = false
  var isSpecial = true
}

/// Finds added tokens in a text, from left to right; where several begin at one place, the longest.
///
/// Source: `AddedVocabulary::find_matches` in huggingface/tokenizers, `added_vocabulary.rs`.
struct AddedTokens: Sendable {
  /// A part of a text: a token, or what no added token took.
  struct Part {
    var range: Range<Int>
    /// Nil for text.
    var token: Int32?
  }

  private var tokens: [AddedToken] = []
  /// A tree over bytes: the child of node n at byte b is at n * 256 + b; 0 is the root.
  private var children: [UInt64: UInt32] = [:]
  /// The index in `tokens` that ends at a node.
  private var ends: [UInt32: Int] = [:]
  private var nodeCount: UInt32 = 1
  private var isFirstByte = [Bool](repeating: false, count: 256)

  var isEmpty: Bool { tokens.isEmpty }

  /// - Parameter tokens: none of them empty. Of equal ones the first counts; in the peer, any.
  init(_ tokens: [AddedToken]) {
    for token in tokens { add(token) }
  }

  private mutating func add(_ token: AddedToken) {
    var node: UInt32 = 0
    for byte in token.content.utf8 {
      if node == 0 { isFirstByte[Int(byte)] = true }
      let key = UInt64(node) << 8 | UInt64(byte)
      if let child = children[key] {
        node = child
      } else {
        children[key] = nodeCount
        node = nodeCount
        nodeCount += 1
      }
    }
    if ends[node] == nil { ends[node] = tokens.count }
    tokens.append(token)
  }

  /// The parts of a text in order. They cover it, but for a token that takes white space that another
  /// one took already, as in the peer.
  func parts(of text: UnsafeBufferPointer<UInt8>) -> [Part] {
    guard !text.isEmpty else { return [] }
    guard !tokens.isEmpty else { return [Part(range: text.indices)] }
    var parts: [Part] = []
    var done = 0
    var position = 0
    while let (match, token) = first(in: text, from: position) {
      position = match.upperBound
      if token.isSingleWord, isWord(in: text, before: match) || isWord(in: text, after: match) {
        continue
      }
      var (start, end) = (match.lowerBound, match.upperBound)
      if token.stripsLeft { start = max(startOfSpace(in: text, before: start), done) }
      if token.stripsRight { end = endOfSpace(in: text, after: end) }
      if done < start { parts.append(Part(range: done..<start)) }
      parts.append(Part(range: min(start, end)..<end, token: token.token))
      done = end
    }
    if done != text.count { parts.append(Part(range: done..<text.count)) }
    return parts
  }

  private func first(
    in text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> (Range<Int>, AddedToken)? {
    for position in start..<text.count where isFirstByte[Int(text[position])] {
      var node: UInt32 = 0
      var longest: (Range<Int>, AddedToken)?
      var end = position
      while end < text.count, let child = children[UInt64(node) << 8 | UInt64(text[end])] {
        (node, end) = (child, end + 1)
        if let index = ends[node] { longest = (position..<end, tokens[index]) }
      }
      if let longest { return longest }
    }
    return nil
  }

  private func isWord(in text: UnsafeBufferPointer<UInt8>, before match: Range<Int>) -> Bool {
    guard match.lowerBound > 0 else { return false }
    let start = text.start(ofCharacterBefore: match.lowerBound)
    return isWord(text.character(at: start).scalar)
  }

  private func isWord(in text: UnsafeBufferPointer<UInt8>, after match: Range<Int>) -> Bool {
    match.upperBound < text.count && isWord(text.character(at: match.upperBound).scalar)
  }

  /// Rust's `\w`: unlike Oniguruma's it has the joiners of zero width.
  private func isWord(_ scalar: Unicode.Scalar) -> Bool {
    Self.word.contains(scalar)
  }

  private static let word = CharacterClass([.word, .range(0x200C...0x200D)])

  private func startOfSpace(in text: UnsafeBufferPointer<UInt8>, before end: Int) -> Int {
    var end = end
    while end > 0 {
      let start = text.start(ofCharacterBefore: end)
      guard text.character(at: start).scalar.properties.isWhitespace else { break }
      end = start
    }
    return end
  }

  private func endOfSpace(in text: UnsafeBufferPointer<UInt8>, after start: Int) -> Int {
    var start = start
    while start < text.count {
      let (scalar, next) = text.character(at: start)
      guard scalar.properties.isWhitespace else { break }
      start = next
    }
    return start
  }
}
