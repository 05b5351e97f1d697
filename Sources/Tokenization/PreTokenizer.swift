/// Cuts a text into words, before byte pairs are merged inside each word: one step after another.
struct PreTokenizer: Sendable {
  /// What becomes of the places where an expression matches: `SplitDelimiterBehavior` of Hugging
  /// Face's tokenizers.
  enum Behavior: String, CaseIterable, Sendable {
    case isolated = "Isolated"
    case removed = "Removed"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"
  }

  enum Step: Sendable {
    /// `isInverted`: what lies between the matches counts as the matches.
    case split(SplitExpression, Behavior, isInverted: Bool)
    /// A space before each piece that has none.
    case prefixSpace
    case gpt2Words
  }

  var steps: [Step]

  /// GPT-2's alone, for which `Tokenizer` has a path without intermediate lists.
  var isGPT2: Bool {
    if steps.count == 1, case .gpt2Words = steps[0] { true } else { false }
  }

  /// Has GPT-2's words with or without a space before each piece; other steps stay as they are.
  ///
  /// - Returns: whether that is a change.
  mutating func set(prefixSpace: Bool) -> Bool {
    switch (steps.first, steps.last, steps.count) {
    case (.gpt2Words, _, 1) where prefixSpace: steps.insert(.prefixSpace, at: 0)
    case (.prefixSpace, .gpt2Words, 2) where !prefixSpace: steps.removeFirst()
    default: return false
    }
    return true
  }

  /// The words of `text`, which is not empty, and the bytes that they are ranges of.
  func words(
    of text: UnsafeBufferPointer<UInt8>
  ) throws -> (bytes: [UInt8], words: [Range<Int>]) {
    var bytes = Array(text)
    var words = [bytes.indices]
    for step in steps {
      switch step {
      case .prefixSpace: (bytes, words) = Self.prefixed(bytes, words)
      case .gpt2Words: words = Self.gpt2Words(bytes, words)
      case .split(let expression, let behavior, let isInverted):
        var split: [Range<Int>] = []
        try bytes.withUnsafeBufferPointer { bytes in
          for word in words {
            let part = UnsafeBufferPointer(rebasing: bytes[word])
            var pieces = Self.pieces(part.count, try expression.matches(in: part))
            if isInverted { pieces = pieces.map { ($0.range, !$0.isMatch) } }
            for range in behavior.ranges(pieces) where !range.isEmpty {
              split.append(range.lowerBound + word.lowerBound..<range.upperBound + word.lowerBound)
            }
          }
        }
        words = split
      }
    }
    return (bytes, words)
  }

  private static func prefixed(
    _ bytes: [UInt8], _ words: [Range<Int>]
  ) -> ([UInt8], [Range<Int>]) {
    let space = UInt8(ascii: " ")
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + words.count)
    let ranges = words.map { word in
      let start = result.count
      if bytes[word.lowerBound] != space { result.append(space) }
      result.append(contentsOf: bytes[word])
      return start..<result.count
    }
    return (result, ranges)
  }

  private static func gpt2Words(_ bytes: [UInt8], _ words: [Range<Int>]) -> [Range<Int>] {
    bytes.withUnsafeBufferPointer { bytes in
      var found: [Range<Int>] = []
      for word in words {
        var inner = GPT2Words(UnsafeBufferPointer(rebasing: bytes[word]))
        while let range = inner.next() {
          found.append(range.lowerBound + word.lowerBound..<range.upperBound + word.lowerBound)
        }
      }
      return found
    }
  }

  /// A piece of a text that an expression matched, or that lies between its matches.
  typealias Piece = (range: Range<Int>, isMatch: Bool)

  private static func pieces(_ count: Int, _ matches: [Range<Int>]) -> [Piece] {
    var pieces: [Piece] = []
    var position = 0
    for match in matches {
      if position < match.lowerBound { pieces.append((position..<match.lowerBound, false)) }
      pieces.append((match, true))
      position = match.upperBound
    }
    if position < count { pieces.append((position..<count, false)) }
    return pieces
  }
}

extension PreTokenizer.Behavior {
  /// The words that pieces become. Source: `NormalizedString::split` in huggingface/tokenizers.
  fileprivate func ranges(_ pieces: [PreTokenizer.Piece]) -> [Range<Int>] {
    switch self {
    case .isolated: return pieces.map(\.range)
    case .removed: return pieces.filter { !$0.isMatch }.map(\.range)
    case .contiguous:
      var ranges: [Range<Int>] = []
      var previous = false
      for (range, isMatch) in pieces {
        if isMatch == previous, let last = ranges.popLast() {
          ranges.append(last.lowerBound..<range.upperBound)
        } else {
          ranges.append(range)
        }
        previous = isMatch
      }
      return ranges
    case .mergedWithPrevious:
      var ranges: [Range<Int>] = []
      var previous = false
      for (range, isMatch) in pieces {
        if isMatch, !previous, let last = ranges.popLast() {
          ranges.append(last.lowerBound..<range.upperBound)
        } else {
          ranges.append(range)
        }
        previous = isMatch
      }
      return ranges
    case .mergedWithNext:
      var ranges: [Range<Int>] = []
      var previous = false
      for (range, isMatch) in pieces.reversed() {
        if isMatch, !previous, let last = ranges.popLast() {
          ranges.append(range.lowerBound..<last.upperBound)
        } else {
          ranges.append(range)
        }
        previous = isMatch
      }
      return ranges.reversed()
    }
  }
}
