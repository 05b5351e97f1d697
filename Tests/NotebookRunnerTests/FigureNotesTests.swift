import NotebookLanguage
import SafeFiles
import Testing

@testable import NotebookRunner

/// Plain JSON and the notes on its figures give a value back exactly.
@Suite struct FigureNotesTests {
  /// A value made from a seed, with everything that a number and a record can have.
  private struct Maker {
    var state: UInt64

    mutating func next(_ count: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % count
    }

    mutating func name() -> String {
      ["value", "a/b", "~", "ü", "memory", "z", "\"quoted\"", "0"][Int(next(8))]
    }

    mutating func number() -> Number {
      let values = [0, -0.0, 1, 0.1, -3.5e300, .infinity, -.infinity, 1e-300, 123_456_789]
      var number = Number(values[Int(next(9))])
      if next(3) == 0 { number.error = Double(next(1000)) / 7 }
      if next(4) == 0 { number.unit = [.bytes, .milliseconds][Int(next(2))] }
      if next(4) == 0 { number.origin = [.published, .given, .derived][Int(next(3))] }
      if next(4) == 0 { number.note = "note \(next(3))" }
      if next(5) == 0 { number.cause = "cause" }
      if next(5) == 0 { number.setting = "Quantbook 9.9" }
      if next(5) == 0 { number.influence = Influence(sample: "s", values: [0.1, -0.1]) }
      return number
    }

    mutating func value(_ depth: Int) -> Value {
      switch next(depth > 0 ? 7 : 4) {
      case 0, 1: return .number(number())
      case 2: return .text(["Infinity", "NaN", "plain", "a\u{1}\n\t\\"][Int(next(4))])
      case 3: return .bool(next(2) == 0)
      case 4: return .list((0..<next(4)).map { _ in value(depth - 1) })
      default:
        var record = Record()
        for _ in 0..<next(5) { record[name()] = value(depth - 1) }
        if let first = record.names.first, next(2) == 0 { record.principal = first }
        if next(3) == 0 { record.axis = "blockSize" }
        return .record(record)
      }
    }
  }

  @Test("a value comes back with units, errors, influences, causes, notes, order and axes")
  func roundTrip() throws {
    var maker = Maker(state: 11)
    for _ in 0..<500 {
      let stored = StoredResult(
        value: maker.value(4), provenance: [("Text", "a \"b\"")], seconds: 1.5)
      let bytes = StoredResultCoding.bytes(stored)
      let read = try #require(bytes.withUnsafeBytes { StoredResultCoding.result($0) })
      #expect(read.value == stored.value)
      #expect(read.provenance.map(\.name) == ["Text"])
      #expect(read.seconds == 1.5)
    }
  }
}
