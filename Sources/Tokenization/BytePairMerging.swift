/// Merges the bytes of words into tokens, lowest rank first and leftmost first among equals.
///
/// Source: Sennrich et al. 2016, arXiv:1508.07909, over bytes as in GPT-2. A value belongs to one
/// call of `Tokenizer.encode`.
struct BytePairMerging {
  private let byteTokens: [Int32]
  private let merges: MergeTable
  private let unknown: Pipeline.UnknownToken?
  private let isComplete: Bool
  /// The tokens of the word at hand.
  private(set) var pieces: [Int32] = []
  /// Of each piece the merge with the next one.
  private var candidates: [MergeTable.Merge] = []

  /// - Parameters:
  ///   - byteTokens: the token of each single byte; -1 where there is none.
  ///   - merges: the merges by pair.
  ///   - unknown: for bytes without a token; without it they are left out.
  init(byteTokens: [Int32], merges: MergeTable, unknown: Pipeline.UnknownToken? = nil) {
    self.byteTokens = byteTokens
    self.merges = merges
    self.unknown = unknown
    isComplete = !byteTokens.contains { $0 < 0 }
  }

  /// Makes `pieces` the tokens of one word.
  ///
  /// - Throws: `CancellationError`, in words of many thousands of bytes.
  mutating func merge(_ word: UnsafeRawBufferPointer) throws(CancellationError) {
    pieces.removeAll(keepingCapacity: true)
    if isComplete {
      for byte in word { pieces.append(byteTokens[Int(byte)]) }
    } else {
      begin(word)
    }
    if pieces.count <= 64 { mergeShort() } else { try mergeLong() }
  }

  /// Makes `pieces` the tokens of the single bytes, some of which have none.
  private mutating func begin(_ word: UnsafeRawBufferPointer) {
    var afterUnknown = false
    for byte in word {
      let token = byteTokens[Int(byte)]
      if token >= 0 {
        pieces.append(token)
      } else if let unknown, !(afterUnknown && unknown.isFused) {
        pieces.append(unknown.token)
      }
      afterUnknown = token < 0
    }
  }

  /// Looks through all pairs for each merge: quadratic, and the fastest for usual words.
  private mutating func mergeShort() {
    candidates.removeAll(keepingCapacity: true)
    for index in pieces.indices { candidates.append(candidate(index)) }
    while true {
      var best = MergeTable.Merge.none
      var place = 0
      for (index, candidate) in candidates.enumerated() where candidate.rank < best.rank {
        (best, place) = (candidate, index)
      }
      guard best.rank < MergeTable.Merge.none.rank else { return }
      pieces[place] = best.result
      for index in place + 1..<pieces.count - 1 {
        pieces[index] = pieces[index + 1]
        candidates[index] = candidates[index + 1]
      }
      pieces.removeLast()
      candidates.removeLast()
      candidates[place] = candidate(place)
      if place > 0 { candidates[place - 1] = candidate(place - 1) }
    }
  }

  /// The merge of the piece at `index` with the next one.
  private func candidate(_ index: Int) -> MergeTable.Merge {
    guard index + 1 < pieces.count else { return .none }
    return merges.merge(pieces[index], pieces[index + 1]) ?? .none
  }

  /// Keeps the candidate pairs in a heap, so that a word of n bytes takes n log n steps.
  private mutating func mergeLong() throws(CancellationError) {
    let end = pieces.count
    var tokens = pieces
    var next = Array(1...end)
    var previous = Array(-1..<end - 1)
    var heap = CandidateHeap()
    func candidate(_ left: Int, _ right: Int) -> CandidateHeap.Candidate? {
      guard left >= 0, right < end, let merge = merges.merge(tokens[left], tokens[right]) else {
        return nil
      }
      return .init(rank: merge.rank, left: left, right: right, result: merge.result)
    }
    /// Steps of the heap so far.
    var steps = 0
    func checkCancellation() throws(CancellationError) {
      steps += 1
      if steps % (1 << 16) == 0, Task.isCancelled { throw CancellationError() }
    }
    for left in 0..<end - 1 {
      heap.push(candidate(left, left + 1))
      try checkCancellation()
    }
    while let best = heap.pop() {
      try checkCancellation()
      // Stale candidates are those whose pair no longer stands as it did when they were pushed.
      guard tokens[best.left] >= 0, next[best.left] == best.right,
        let merge = merges.merge(tokens[best.left], tokens[best.right]), merge.rank == best.rank
      else { continue }
      tokens[best.left] = best.result
      tokens[best.right] = -1
      next[best.left] = next[best.right]
      if next[best.left] < end { previous[next[best.left]] = best.left }
      heap.push(candidate(previous[best.left], best.left))
      heap.push(candidate(best.left, next[best.left]))
    }
    pieces.removeAll(keepingCapacity: true)
    for token in tokens where token >= 0 { pieces.append(token) }
  }
}

/// A binary heap of pairs that may merge; the lowest rank is on top, then the leftmost.
private struct CandidateHeap {
  struct Candidate {
    var rank: Int32
    var left: Int
    var right: Int
    var result: Int32

    static func < (a: Self, b: Self) -> Bool { (a.rank, a.left) < (b.rank, b.left) }
  }

  private var heap: [Candidate] = []

  mutating func push(_ candidate: Candidate?) {
    guard let candidate else { return }
    heap.append(candidate)
    var child = heap.count - 1
    while child > 0, heap[child] < heap[(child - 1) / 2] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func pop() -> Candidate? {
    guard let top = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return top }
    heap[0] = last
    var parent = 0
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if heap[child] < heap[smallest] { smallest = child }
      }
      guard smallest != parent else { return top }
      heap.swapAt(parent, smallest)
      parent = smallest
    }
  }
}
