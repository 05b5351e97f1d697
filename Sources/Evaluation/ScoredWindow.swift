/// What a model reads at once, and which tokens are scored from it.
struct ScoredWindow: Hashable, Sendable {
  /// Tokens of the text that are read, after the prefix if there is one.
  var input: Range<Int>
  /// Tokens of the text that are scored, each from all that is read before it.
  var targets: Range<Int>
  /// A token that is read first, which is not in the text.
  var prefix: Int32?

  /// The row of the logits that a target is scored by.
  func row(ofTarget target: Int) -> Int { target - 1 - input.lowerBound + (prefix == nil ? 0 : 1) }
}

extension Perplexity {
  /// The windows of a text of `count` tokens, and the weight of each one's mean.
  func windows(_ count: Int) -> [ScoredWindow] {
    switch definition {
    case .stride: strideWindows(count)
    case .halfWindow: halfWindows(count)
    case .rolling(let prefix): rollingWindows(count, prefix: prefix)
    }
  }

  /// Windows at 0, s, 2·s, … up to the first that reaches the end. Each scores what the one before
  /// has not read. Source: transformers, `docs/source/en/perplexity.md`.
  private func strideWindows(_ count: Int) -> [ScoredWindow] {
    var windows: [ScoredWindow] = []
    var begin = 0
    var scored = 0
    while scored < count {
      let end = min(begin + window, count)
      windows.append(ScoredWindow(input: begin..<end, targets: max(scored, begin + 1)..<end))
      scored = end
      begin += stride
    }
    return windows
  }

  /// Disjoint windows, the second half of each scored, a rest passed over.
  /// Source: llama.cpp, `tools/perplexity/perplexity.cpp`.
  private func halfWindows(_ count: Int) -> [ScoredWindow] {
    (0..<count / window).map { index in
      let begin = index * window
      return ScoredWindow(
        input: begin..<begin + window, targets: begin + window / 2 + 1..<begin + window)
    }
  }

  /// Disjoint windows of targets; the first reads the prefix, the others the token before, the last
  /// as many as fit. Source: lm-evaluation-harness, `lm_eval/utils.py`.
  private func rollingWindows(_ count: Int, prefix: Int32) -> [ScoredWindow] {
    var windows: [ScoredWindow] = []
    for begin in Swift.stride(from: 0, to: count, by: window) {
      let end = min(begin + window, count)
      windows.append(
        begin == 0
          ? ScoredWindow(input: 0..<end - 1, targets: 0..<end, prefix: prefix)
          : ScoredWindow(input: end - 1 - window..<end - 1, targets: begin..<end))
    }
    return windows
  }
}
