import Diagnostics
import Foundation
public import NotebookLanguage

/// `NAME.results.json`: every value of a run with its unit, error, samples, key and provenance.
///
/// Keys are sorted, so that two runs differ line by line. A number that JSON cannot hold is the text
/// `"Infinity"`, `"-Infinity"` or `"NaN"`. Memory is in bytes, time in milliseconds.
public struct ResultsFile: Sendable {
  public static let schema = "quantbook-results/1"

  /// Facts about the machine and the program.
  public struct Environment: Sendable {
    public var engine: Record
    public var host: Record

    public init(engine: Record, host: Record) {
      self.engine = engine
      self.host = host
    }
  }

  private let root: Value

  /// - Parameters:
  ///   - title: the report's title as text.
  ///   - fileName: the notebook's file name without its folder.
  ///   - sha256: of the notebook's bytes.
  public init(
    _ results: RunResults, title: String, fileName: String, sha256: String,
    environment: Environment
  ) {
    var cells = Record()
    for (index, planned) in results.checked.cells.enumerated() {
      let name = planned.source.label ?? "\(planned.source.kind)-\(index + 1)"
      cells[name] = Self.value(of: planned, results.cells[index])
    }
    var parameters = Record()
    for (name, value) in results.checked.parameters { parameters[name] = value }
    root = .record(
      Record([
        "schema": .text(Self.schema),
        "notebook": .record(
          Record(["file": .text(fileName), "sha256": .text(sha256), "title": .text(title)])),
        "params": .record(parameters),
        "engine": .record(environment.engine),
        "host": .record(environment.host),
        "cells": .record(cells),
      ]))
  }

  private static func value(
    of planned: CheckedNotebook.PlannedCell, _ result: CellResult?
  ) -> Value {
    var record = Record()
    record["kind"] = .text(planned.source.kind)
    record["line"] = .count(planned.source.kindSpan.line)
    record["key"] = result?.key.map { .text($0) }
    switch result?.state {
    case .computed?:
      record["state"] = .text("computed")
      record["seconds"] = .number(((result?.seconds ?? 0) * 1000).rounded() / 1000)
      record["value"] = result?.value?.expressionValue
    case .failed(let diagnostics)?:
      record["state"] = .text("failed")
      record["error"] = .list(diagnostics.map(Self.value))
    case .skipped?, nil: record["state"] = .text("skipped")
    }
    return .record(record)
  }

  private static func value(of diagnostic: Diagnostic) -> Value {
    var record = Record([
      "code": .text(diagnostic.code.rawValue), "message": .text(diagnostic.message),
      "severity": .text(diagnostic.severity.rawValue),
    ])
    if let span = diagnostic.span {
      let (line, column) = span.file.position(of: span.range.lowerBound)
      record["file"] = .text(span.file.name)
      record["line"] = .count(line)
      record["column"] = .count(column)
    }
    record["help"] = diagnostic.help.map { .text($0) }
    return .record(record)
  }

  /// The file's text, ending in a line feed.
  ///
  /// - Throws: what `JSONEncoder` throws; every value here has a JSON form.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(EncodableValue(root)), as: UTF8.self)
    return CompactLists.joined(text) + "\n"
  }
}

/// The JSON form of a value.
private struct EncodableValue: Encodable {
  private let value: Value

  init(_ value: Value) { self.value = value }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  func encode(to encoder: any Encoder) throws {
    switch value {
    case .number(let number):
      var container = encoder.singleValueContainer()
      if number.value.isNaN {
        try container.encode("NaN")
      } else if number.value.isInfinite {
        try container.encode(number.value > 0 ? "Infinity" : "-Infinity")
      } else if let whole = Int(exactly: number.value) {
        try container.encode(whole)
      } else {
        try container.encode(number.value)
      }
    case .text(let text):
      var container = encoder.singleValueContainer()
      try container.encode(text)
    case .bool(let bool):
      var container = encoder.singleValueContainer()
      try container.encode(bool)
    case .list(let values):
      var container = encoder.unkeyedContainer()
      for value in values { try container.encode(EncodableValue(value)) }
    case .record(let record):
      var container = encoder.container(keyedBy: Key.self)
      for field in record.fields {
        try container.encode(EncodableValue(field.value), forKey: Key(stringValue: field.name))
      }
    case .displayed(let displayed):
      var container = encoder.singleValueContainer()
      try container.encode(displayed.text)
    }
  }
}
