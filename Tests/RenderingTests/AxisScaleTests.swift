import Testing

@testable import Rendering

@Suite struct AxisScaleTests {
  @Test(
    "ticks are round, few, and hold every value",
    arguments: [
      [0.0, 1.0], [33.47, 36.78], [-5, 5], [1e-9, 3e-9], [118.97, 474.7], [7, 7], [0, 0],
      [1e12, 3e12], [], [1e-30, 3e-30], [0, 1e30], [1, 1 + 1e-15], [1e300, 1.5e308],
    ] as [[Double]])
  func linear(_ values: [Double]) {
    let scale = AxisScale(values: values, isLogarithmic: false, includesZero: false)
    #expect((2...12).contains(scale.ticks.count))
    #expect(Set(scale.ticks.map(\.label)).count == scale.ticks.count)
    #expect(scale.ticks.allSatisfy { $0.label.count < 14 })
    for value in values {
      let position = scale.position(of: value) ?? -1
      #expect((-1e-9...1 + 1e-9).contains(position))
    }
  }

  @Test("a logarithmic axis has powers of ten and no place for zero, ∞ and NaN")
  func logarithmic() {
    let scale = AxisScale(
      values: [33, 60_713, .infinity, 0, .nan], isLogarithmic: true, includesZero: false)
    #expect(scale.range == 20...100_000)
    #expect(scale.ticks.map(\.label) == ["100", "1,000", "10,000", "100,000"])
    #expect(scale.position(of: 20) == 0)
    #expect(scale.position(of: 100_000) == 1)
    for value in [0, -1, .infinity, .nan] { #expect(scale.position(of: value) == nil) }
  }

  @Test("within three decades, twos and fives too; over many decades, every few")
  func decades() {
    let narrow = AxisScale(values: [30, 40], isLogarithmic: true, includesZero: false)
    #expect(narrow.ticks.map(\.label) == ["30", "32", "34", "36", "38", "40"])
    let lengths = AxisScale(values: [16, 1024], isLogarithmic: true, includesZero: false)
    #expect(
      lengths.ticks.map(\.label) == ["10", "20", "50", "100", "200", "500", "1,000", "2,000"])
    let single = AxisScale(values: [10], isLogarithmic: true, includesZero: false)
    #expect(single.range == 9...11)
    let wide = AxisScale(values: [1, 1e40], isLogarithmic: true, includesZero: false)
    #expect(wide.ticks.count <= 10)
    #expect(wide.ticks.last?.label.hasPrefix("10") == true)
  }

  @Test(
    "a logarithmic axis ends near its values, with ticks between powers",
    arguments: [
      [13.8, 15.3], [54, 57], [1, 3], [0.9, 2.6], [2.1, 8.9], [0.0013, 0.0071], [95, 110],
      [1e-12, 2e-12],
    ] as [[Double]])
  func narrow(_ values: [Double]) throws {
    let scale = AxisScale(values: values, isLogarithmic: true, includesZero: false)
    #expect(scale.range.lowerBound > 0)
    #expect((3...12).contains(scale.ticks.count))
    #expect(Set(scale.ticks.map(\.label)).count == scale.ticks.count)
    let (first, last) = try #require(
      zip(values.map(scale.position), values.dropFirst().map(scale.position)).first { _ in true })
    #expect((last ?? 0) - (first ?? 1) > 0.5)
  }

  @Test("the least bar of a logarithmic axis is to be seen")
  func logarithmicBars() {
    for values in [[1.0, 20], [54, 57], [5, 5000]] {
      let scale = AxisScale(values: values, isLogarithmic: true, includesZero: true)
      #expect((scale.position(of: values[0]) ?? 0) > 0.05)
    }
  }

  @Test("the smallest and greatest numbers have places")
  func extremes() {
    let values = [Double.leastNonzeroMagnitude, 1, .greatestFiniteMagnitude]
    let scale = AxisScale(values: values, isLogarithmic: true, includesZero: false)
    for value in values {
      #expect((-1e-9...1 + 1e-9).contains(scale.position(of: value) ?? -1))
    }
    #expect(scale.ticks.allSatisfy { $0.value.isFinite && $0.value > 0 })
  }

  @Test("bars start at zero")
  func zero() {
    let scale = AxisScale(values: [40, 45], isLogarithmic: false, includesZero: true)
    #expect(scale.position(of: 0) == 0)
    let negative = AxisScale(values: [-4, 3], isLogarithmic: false, includesZero: true)
    #expect(negative.range.lowerBound <= -4)
  }
}
