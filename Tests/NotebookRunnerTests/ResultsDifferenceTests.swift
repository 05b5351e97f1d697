import NotebookLanguage
import Testing

@testable import NotebookRunner

@Suite struct ResultsDifferenceTests {
  /// A results file with one result of these figures.
  private func results(
    perplexity: Double, ratio: (Double, Double, Double) = (0.5, 0.45, 0.55), time: Double = 10,
    stride: Int = 512, cpu: String = "A", isNoisy: Bool = false
  ) throws -> CommittedResults {
    func text(_ number: Double) -> String {
      number.isNaN ? "\"NaN\"" : number.isInfinite ? "\"Infinity\"" : "\(number)"
    }
    return try CommittedResults(
      json: """
        {"schema": "quantbook-results/2", "params": {"stride": \(stride)}, "host": {"cpu": "\(cpu)"},
         "cells": {"r": {"kind": "evaluate", "state": "computed", "key": "00",
           "depends": {"cell": "evaluate/1", "content": "00"}, "seconds": 1,
           "value": {"m": {"perplexity": {"after": {"value": \(text(perplexity)), "error": 0.1}},
             "latency": {"after": {"median": \(time), "noisy": \(isNoisy)},
               "ratio": {"value": \(text(ratio.0)), "low": \(text(ratio.1)), "high": \(text(ratio.2))}}}},
           "figures": {"errors": {"/m/perplexity/after/value": 0.1},
             "numbers": ["/m/perplexity/after/value", "/m/latency/ratio/value",
               "/m/latency/ratio/low", "/m/latency/ratio/high"]}}}}
        """, path: "test")
  }

  private func violations(_ old: CommittedResults, _ new: CommittedResults) -> [String] {
    ResultsDifference(from: old, to: new).violations(of: .init()).map(\.path)
  }

  @Test("equal files have no differences")
  func equal() throws {
    let difference = try ResultsDifference(
      from: results(perplexity: 30), to: results(perplexity: 30))
    #expect(difference.figures.isEmpty)
    #expect(difference.settings.isEmpty)
    #expect(difference.equalCount == 6)
  }

  @Test("a computed figure may move by the tolerance; its change is told in standard errors")
  func computed() throws {
    let old = try results(perplexity: 30)
    #expect(violations(old, try results(perplexity: 30.1)).isEmpty)
    #expect(violations(old, try results(perplexity: 30.3)) == ["r.m.perplexity.after.value"])
    let figure = try #require(
      ResultsDifference(from: old, to: results(perplexity: 30.3)).figures.first)
    #expect(abs((figure.standardErrors ?? 0) - 3) < 1e-9)
    #expect(abs((figure.relativeChange ?? 0) - 0.01) < 1e-9)
  }

  @Test("infinity is reproduced by infinity alone")
  func infinite() throws {
    let infinite = try results(perplexity: .infinity)
    #expect(violations(infinite, infinite).isEmpty)
    #expect(violations(infinite, try results(perplexity: 30)) == ["r.m.perplexity.after.value"])
    #expect(violations(try results(perplexity: 30), infinite) == ["r.m.perplexity.after.value"])
  }

  @Test("times never count; their ratios do where the intervals lie apart")
  func ratios() throws {
    let old = try results(perplexity: 30)
    #expect(violations(old, try results(perplexity: 30, time: 99)).isEmpty)
    #expect(violations(old, try results(perplexity: 30, ratio: (0.9, 0.8, 1.0))).isEmpty)
    #expect(
      violations(old, try results(perplexity: 30, ratio: (2, 1.8, 2.2)))
        == ["r.m.latency.ratio.value"])
    #expect(
      violations(old, try results(perplexity: 30, ratio: (0.1, 0.08, 0.12)))
        == ["r.m.latency.ratio.value"])
  }

  @Test(
    "ratios without an interval, or taken while the machine was busy, may move farther, not anywhere",
    arguments: [false, true])
  func loose(isNoisy: Bool) throws {
    let old = try results(perplexity: 30)
    func ratio(_ value: Double) throws -> CommittedResults {
      // Fewer than six passes have no interval.
      try results(
        perplexity: 30, ratio: isNoisy ? (value, value, value) : (value, .nan, .nan),
        isNoisy: isNoisy)
    }
    for near in [0.2, 1.4] {
      let new = try ratio(near)
      #expect(violations(old, new).isEmpty)
      #expect(violations(new, old).isEmpty)
      #expect(ResultsDifference(from: old, to: new).looseRatios == 1)
    }
    for far in [0.1, 1.6] {
      let new = try ratio(far)
      #expect(violations(old, new) == ["r.m.latency.ratio.value"])
      #expect(violations(new, old) == ["r.m.latency.ratio.value"])
      var tolerance = ResultsDifference.Tolerance()
      tolerance.looseRatio = 5
      #expect(ResultsDifference(from: old, to: new).violations(of: tolerance).isEmpty)
    }
    #expect(try violations(old, ratio(.nan)) == ["r.m.latency.ratio.value"])
  }

  @Test("changed parameters and hosts are named")
  func settings() throws {
    let difference = try ResultsDifference(
      from: results(perplexity: 30), to: results(perplexity: 30, stride: 256, cpu: "B"))
    #expect(difference.settings.map(\.subject) == ["parameter", "host"])
    #expect(difference.settings.map(\.new) == ["256", "B"])
  }
}
