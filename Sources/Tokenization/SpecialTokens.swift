/// Tokens that are found in a text as they are written, before it is cut into words.
struct SpecialTokens: Sendable {
  private var tokens: [(text: [UInt8], token: Int32)]
  private var isFirstByte = [Bool](repeating: false, count: 256)

  /// - Parameter tokens: the texts, none of them empty, with their tokens.
  init(_ tokens: [String: Int32]) {
    // The longest first: where several begin at one place, it wins, as in Hugging Face's tokenizers.
    self.tokens = tokens.map { (Array($0.key.utf8), $0.value) }.sorted {
      ($1.text.count, $0.token) < ($0.text.count, $1.token)
    }
    for (text, _) in self.tokens { isFirstByte[Int(text[0])] = true }
  }

  /// The first occurrence at or after `start`.
  func first(
    in text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> (range: Range<Int>, token: Int32)? {
    guard !tokens.isEmpty else { return nil }
    for position in start..<text.count where isFirstByte[Int(text[position])] {
      for (candidate, token) in tokens where position + candidate.count <= text.count {
        if text[position..<position + candidate.count].elementsEqual(candidate) {
          return (position..<position + candidate.count, token)
        }
      }
    }
    return nil
  }
}
