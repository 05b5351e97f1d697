/// How often things are timed, and when counting starts.
///
/// They are timed in turn, pass by pass, so that a busy moment of the machine meets all of them.
/// Counting starts when the times of each have settled: the medians of its last three passes and of
/// the three before them differ by less than 3 %.
struct InterleavedPasses {
  /// The least number of passes of each thing that are not counted.
  var warmup: Int
  /// The greatest number of passes that are not counted, should the times not settle before.
  var maximumWarmup: Int
  /// Counted passes of each thing.
  var repetitions: Int

  struct Outcome<Times> {
    /// The counted times, for each thing in its order.
    var times: [[Times]]
    /// Passes of each thing that were not counted.
    var warmup: Int
  }

  /// Times each of `passes` in turn.
  ///
  /// - Parameters:
  ///   - whole: the wall time of a pass in milliseconds, by which settling is judged.
  ///   - report: called after each round with the number of rounds done, and of those to be done if
  ///     the times have settled by now.
  /// - Throws: what a pass throws; `CancellationError` between rounds.
  func measure<Times>(
    _ passes: [() throws -> Times], whole: (Times) -> Double,
    report: (_ done: Int, _ total: Int) -> Void
  ) throws -> Outcome<Times> {
    let warmup = try warmUp(passes, whole: whole, report: report)
    var times = passes.map { _ in [Times]() }
    // Room for all, so that adding allocates nothing between two passes.
    for thing in times.indices { times[thing].reserveCapacity(repetitions) }
    for round in 0..<repetitions {
      try Task.checkCancellation()
      for (thing, pass) in passes.enumerated() { times[thing].append(try pass()) }
      report(warmup + round + 1, warmup + repetitions)
    }
    return Outcome(times: times, warmup: warmup)
  }

  /// Runs rounds that are not counted, until all times have settled.
  ///
  /// - Returns: how many.
  private func warmUp<Times>(
    _ passes: [() throws -> Times], whole: (Times) -> Double,
    report: (_ done: Int, _ total: Int) -> Void
  ) throws -> Int {
    var times = passes.map { _ in [Double]() }
    var done = 0
    while done < max(warmup, maximumWarmup) {
      if done >= warmup, times.allSatisfy(Self.isSettled) { break }
      try Task.checkCancellation()
      for (thing, pass) in passes.enumerated() { times[thing].append(whole(try pass())) }
      done += 1
      report(done, max(done, warmup) + repetitions)
    }
    return done
  }

  /// Whether the medians of the last three and of the three before differ by less than 3 %.
  static func isSettled(_ times: [Double]) -> Bool {
    guard times.count >= 6 else { return false }
    let last = Statistics.median(Array(times.suffix(3)))
    let previous = Statistics.median(Array(times.suffix(6).prefix(3)))
    return (last - previous).magnitude < 0.03 * previous
  }
}
