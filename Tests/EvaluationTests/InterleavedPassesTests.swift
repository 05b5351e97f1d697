import Testing

@testable import Evaluation

/// The order of passes, told by passes that only say when they ran.
@Suite struct InterleavedPassesTests {
  @Test func thingsAreTimedInTurnAndWarmUpIsNotCounted() throws {
    var order: [String] = []
    var rounds: [[Int]] = []
    func pass(_ name: String) -> () throws -> Int {
      {
        order.append(name)
        return order.count
      }
    }
    let passes = InterleavedPasses(warmup: 1, maximumWarmup: 1, repetitions: 2)
    let outcome = try passes.measure(
      [pass("a"), pass("b")], whole: { Double($0) }, report: { rounds.append([$0, $1]) })
    #expect(order == ["a", "b", "a", "b", "a", "b"])
    #expect(outcome.times == [[3, 5], [4, 6]])
    #expect(outcome.warmup == 1)
    #expect(rounds == [[1, 3], [2, 3], [3, 3]])
  }

  @Test func countingStartsWhenAllHaveSettled() throws {
    var first = [9.0, 9, 9, 9, 9, 9, 9, 9, 9].makeIterator()
    var second = [9.0, 5, 3, 1, 1, 1, 1, 1, 1].makeIterator()
    let passes = InterleavedPasses(warmup: 2, maximumWarmup: 20, repetitions: 1)
    let outcome = try passes.measure(
      [{ first.next() ?? 0 }, { second.next() ?? 0 }], whole: { $0 }, report: { _, _ in })
    // Of 9 5 3 1 1 1 1 1, the medians of the last two threes agree first after eight passes.
    #expect(outcome.warmup == 8)
    #expect(outcome.times == [[9], [1]])
  }

  @Test(
    arguments: [
      ([], false), ([1, 1, 1, 1, 1], false), ([1, 1, 1, 1, 1, 1], true),
      ([9, 9, 9, 3, 2, 1, 1.01, 1, 1], false), ([9, 3, 1, 1.01, 1, 1, 1.02, 0.99], true),
      ([1, 1, 1, 1.04, 1.04, 1.04], false), ([1, 1, 50, 1, 1, 50], true),
    ] as [([Double], Bool)])
  func timesAreSettledWhenTheLastMediansAgree(_ times: [Double], _ expected: Bool) {
    #expect(InterleavedPasses.isSettled(times) == expected)
  }
}
