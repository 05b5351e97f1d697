/// A regular expression that finds where a text is split, matched as Oniguruma does.
///
/// Only what expressions of tokenizers are made of: characters, classes, groups, alternatives,
/// lookahead, `(?i:…)` over ASCII, and repetition of single characters. Anything else is refused by
/// name, so that what is accepted means the same as there. A group is never repeated, so the work at
/// a place is bounded by a power of the text's length; a limit of steps guards against the rest.
struct SplitExpression: Sendable {
  /// One element of a pattern.
  indirect enum Node: Sendable {
    /// Characters of a class, as many as possible. `isPossessive`: and never fewer.
    case run(CharacterClass, ClosedRange<Int>, isPossessive: Bool)
    /// The first alternative that lets the rest match; `isOptional`: or nothing.
    case group([[Node]], isOptional: Bool)
    /// `(?=…)` and `(?!…)`.
    case lookahead([[Node]], isNegated: Bool)
  }

  private enum Instruction: Sendable {
    case accept
    case run(CharacterClass, ClosedRange<Int>, isPossessive: Bool, next: Int)
    case alternatives([Int])
    case lookahead(Int, isNegated: Bool, next: Int)
  }

  let pattern: String
  private var program: [Instruction] = [.accept]
  private var start = 0

  /// - Parameters:
  ///   - alternatives: the pattern, parsed; it matches no empty text.
  ///   - pattern: its text, for messages.
  init(_ alternatives: [[Node]], pattern: String) {
    self.pattern = pattern
    start = add(.group(alternatives, isOptional: false), before: 0)
  }

  /// Matches a text as it is written.
  ///
  /// - Parameter text: not empty.
  init(literal text: String) {
    let nodes = text.unicodeScalars.map {
      Node.run(CharacterClass($0), 1...1, isPossessive: false)
    }
    self.init([nodes], pattern: text)
  }

  /// Matches single characters of a class.
  init(_ characters: CharacterClass, pattern: String) {
    self.init([[.run(characters, 1...1, isPossessive: false)]], pattern: pattern)
  }

  /// Adds the instructions of a node that goes on at `next`; returns the first of them.
  private mutating func add(_ node: Node, before next: Int) -> Int {
    switch node {
    case .run(let characters, let count, let isPossessive):
      program.append(.run(characters, count, isPossessive: isPossessive, next: next))
    case .group(let alternatives, let isOptional):
      let starts = alternatives.map { add($0, before: next) }
      program.append(.alternatives(isOptional ? starts + [next] : starts))
    case .lookahead(let alternatives, let isNegated):
      let inner = add(.group(alternatives, isOptional: false), before: 0)
      program.append(.lookahead(inner, isNegated: isNegated, next: next))
    }
    return program.count - 1
  }

  private mutating func add(_ nodes: [Node], before next: Int) -> Int {
    var next = next
    for node in nodes.reversed() { next = add(node, before: next) }
    return next
  }

  /// The matches in a text, left to right; none overlap.
  ///
  /// - Throws: `SplitExpressionError` where the expression goes over the text again and again;
  ///   `CancellationError`.
  func matches(in text: UnsafeBufferPointer<UInt8>) throws -> [Range<Int>] {
    var matcher = Matcher(program: program, text: text)
    var matches: [Range<Int>] = []
    var position = 0
    var count = 0
    while position < text.count {
      if count % (1 << 14) == 0 { try Task.checkCancellation() }
      count += 1
      if let end = matcher.end(at: start, from: position), end > position {
        matches.append(position..<end)
        position = end
      } else {
        position = text.character(at: position).next
      }
      guard matcher.steps <= matcher.limit else { throw SplitExpressionError(pattern: pattern) }
    }
    return matches
  }

  private struct Matcher {
    let program: [Instruction]
    let text: UnsafeBufferPointer<UInt8>
    var steps = 0

    /// Expressions of real tokenizers need about ten steps a byte.
    var limit: Int { 1 << 22 + 256 * text.count }

    /// Where a match of the instruction and all after it ends.
    mutating func end(at instruction: Int, from position: Int) -> Int? {
      steps += 1
      if steps > limit { return nil }
      switch program[instruction] {
      case .accept: return position
      case .alternatives(let starts):
        for start in starts {
          if let end = end(at: start, from: position) { return end }
        }
        return nil
      case .lookahead(let inner, let isNegated, let next):
        guard (end(at: inner, from: position) != nil) != isNegated else { return nil }
        return end(at: next, from: position)
      case .run(let characters, let count, let isPossessive, let next):
        guard var (last, length) = run(of: characters, from: position, atMost: count.upperBound),
          length >= count.lowerBound
        else { return nil }
        while true {
          if let end = end(at: next, from: last) { return end }
          guard !isPossessive, length > count.lowerBound, steps <= limit else { return nil }
          last = text.start(ofCharacterBefore: last)
          length -= 1
        }
      }
    }

    private mutating func run(
      of characters: CharacterClass, from start: Int, atMost limit: Int
    ) -> (end: Int, length: Int)? {
      var position = start
      var length = 0
      while position < text.count, length < limit {
        let byte = text[position]
        if byte < 0x80 {
          guard characters.contains(ascii: byte) else { break }
          position += 1
        } else {
          let (scalar, next) = text.character(at: position)
          guard characters.contains(scalar) else { break }
          position = next
        }
        length += 1
      }
      steps += length
      return (position, length)
    }
  }
}

/// Says that a pattern of a tokenizer takes too long on a text.
public struct SplitExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
  public var pattern: String

  public var description: String {
    "the tokenizer's pattern '\(pattern)' goes over this text too many times"
  }
}
