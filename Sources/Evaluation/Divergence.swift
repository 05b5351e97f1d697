public import GPT2
import Kernels

/// How far the predictions of one model lie from those of another, as llama.cpp's
/// `--kl-divergence` has it.
///
/// Both models read the same windows in one process, so no logits are stored or rounded, and memory
/// does not grow with the text but for five numbers a token. Source: llama.cpp,
/// `tools/perplexity/perplexity.cpp`.
public struct Divergence: Hashable, Sendable {
  /// Tokens that the models read at a time; the second half of each window is compared.
  public var window: Int

  public init(window: Int = 512) { self.window = window }

  /// The windows are those of llama.cpp's perplexity.
  private var metric: Perplexity { Perplexity(window: window, definition: .halfWindow) }

  /// Whether models with this context can be compared on a text of so many tokens.
  public func check(context: Int, tokens: Int) throws(EvaluationError) {
    try metric.check(context: context, tokens: tokens)
  }

  /// Compares `model` with `base` on `tokens`.
  ///
  /// - Throws: as ``Perplexity/measure(_:tokens:progress:)``; `DifferentVocabularies` for models that
  ///   have not the same number of tokens.
  public func measure(
    base: GPT2Model, _ model: GPT2Model, tokens: [Int32], progress: ProgressHandler? = nil
  ) throws -> Result {
    guard base.config.vocabularySize == model.config.vocabularySize else {
      throw DifferentVocabularies(
        base: base.config.vocabularySize, other: model.config.vocabularySize)
    }
    let context = min(base.config.contextLength, model.config.contextLength)
    try check(context: context, tokens: tokens.count)
    try MemoryNeed.reading([base, model], tokens: window).check()
    let sessions = try (
      GPT2Session(base, capacity: window), GPT2Session(model, capacity: window)
    )
    let windows = metric.windows(tokens.count)
    var comparisons: [Comparison] = []
    comparisons.reserveCapacity(windows.reduce(0) { $0 + $1.targets.count })
    for (index, scored) in windows.enumerated() {
      try Task.checkCancellation()
      try scored.read(sessions.0, tokens)
      try scored.read(sessions.1, tokens)
      for tile in scored.tiles {
        try Task.checkCancellation()
        let first = scored.row(ofTarget: tile.lowerBound)
        comparisons += compare(
          try sessions.0.logits(rows: first..<first + tile.count),
          try sessions.1.logits(rows: first..<first + tile.count), targets: Array(tokens[tile]),
          vocabulary: base.config.vocabularySize)
      }
      progress?(
        ProgressUpdate(
          activity: "divergence", completed: index + 1, total: windows.count, unit: "windows"))
    }
    return Result(comparisons)
  }

  /// Compares the rows [targets.count, vocabulary] of two models, on all threads.
  private func compare(
    _ base: UnsafeBufferPointer<Float>, _ other: UnsafeBufferPointer<Float>, targets: [Int32],
    vocabulary: Int
  ) -> [Comparison] {
    let baseSums = CrossEntropy.logSumExp(base, vocabulary: vocabulary)
    let otherSums = CrossEntropy.logSumExp(other, vocabulary: vocabulary)
    let rows = SharedRows(base: base, other: other)
    return [Comparison](unsafeUninitializedCapacity: targets.count) { buffer, count in
      let comparisons = SharedBuffer(buffer)
      ThreadPool.forEach(targets.count) { row in
        let range = row * vocabulary..<(row + 1) * vocabulary
        comparisons.set(
          row,
          Comparison(
            UnsafeBufferPointer(rebasing: rows.base[range]), baseSums[row],
            UnsafeBufferPointer(rebasing: rows.other[range]), otherSums[row],
            target: Int(targets[row])))
      }
      count = targets.count
    }
  }
}

/// Two models whose predictions cannot be compared.
public struct DifferentVocabularies: Error, Hashable, Sendable, CustomStringConvertible {
  public let base: Int
  public let other: Int

  public var description: String {
    "the vocabularies differ: \(base) tokens and \(other) tokens"
  }
}

/// Two tables of logits that threads read.
private struct SharedRows: @unchecked Sendable {
  let base: UnsafeBufferPointer<Float>
  let other: UnsafeBufferPointer<Float>
}

/// Room for results, each of which one thread writes.
private struct SharedBuffer: @unchecked Sendable {
  private let buffer: UnsafeMutableBufferPointer<Divergence.Comparison>

  init(_ buffer: UnsafeMutableBufferPointer<Divergence.Comparison>) { self.buffer = buffer }

  func set(_ index: Int, _ value: Divergence.Comparison) {
    buffer.initializeElement(at: index, to: value)
  }
}
