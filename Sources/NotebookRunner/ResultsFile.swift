import Diagnostics
public import NotebookLanguage

/// `NAME.results.json`: every value of a run with its unit, error, samples, key and provenance.
///
/// Keys are sorted, so that two runs differ line by line. A number that JSON cannot hold is the text
/// `"Infinity"`, `"-Infinity"` or `"NaN"`. Memory is in bytes, time in milliseconds. Of values that
/// are kept between runs, `depends` says what they were made from, `figures` what plain numbers do not
/// say, and `sealed` is a hash by which a value is noticed that was changed by hand. Of a sweep's values,
/// what one has in common with the one before in lists of named records, such as a model's tensors, is
/// there by name alone.
public struct ResultsFile: Sendable {
  public static let schemaName = "quantbook-results"
  public static let schemaVersion = 4
  /// The first in which each value has a hash.
  static let firstSealedVersion = 3
  /// The first in which values of a sweep share entries.
  static let firstSharingVersion = 4

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
      cells.append(
        results.checked.name(ofCell: index), Self.value(of: planned, results.cells[index]))
    }
    var parameters = Record()
    for (name, value) in results.checked.parameters { parameters[name] = value }
    root = .record(
      Record([
        "schema": .text("\(Self.schemaName)/\(Self.schemaVersion)"),
        "notebook": .record(
          Record(["file": .text(fileName), "sha256": .text(sha256), "title": .text(title)])),
        "params": .record(parameters),
        "engine": .record(environment.engine),
        "host": .record(environment.host),
        "cells": .record(cells),
      ]))
  }

  private static func value(of planned: PlannedCell, _ result: CellResult?) -> Value {
    var record = Record([
      "kind": .text(planned.source.kind), "line": .count(planned.source.kindSpan.line),
    ])
    record["state"] = .text(result?.state.name ?? "skipped")
    switch result?.state {
    case .failed(let diagnostics)?: record["error"] = .list(diagnostics.map(Self.value))
    case .computed?, .cached?, .frozen?: add(result, of: planned, to: &record)
    case .skipped?, nil: break
    }
    return .record(record)
  }

  private static func add(
    _ result: CellResult?, of planned: PlannedCell, to record: inout Record
  ) {
    guard let result else { return }
    if result.variants.count == 1, let only = result.variants.first, only.address.isEmpty {
      add(only, isStored: type(of: planned.cell).isStored, to: &record)
    } else {
      let values = result.variants.compactMap(\.stored?.value)
      record["value"] =
        values.count == result.variants.count
        ? Value.swept(
          over: planned.axes,
          Array(zip(result.variants.map(\.address), SharedEntries.shortened(values))))
        : result.record
      record["seconds"] = .number((result.seconds * 1000).rounded() / 1000)
      record["variants"] = .list(
        result.variants.map { variant in
          var part = Record(["address": .list(variant.address.map { .text($0) })])
          add(variant, isStored: true, to: &part)
          // It stands in the cell's own value, at the address.
          part["value"] = nil
          return .record(part)
        })
    }
  }

  private static func add(_ variant: VariantResult, isStored: Bool, to record: inout Record) {
    guard let stored = variant.stored else { return }
    guard isStored, let key = variant.key else {
      record["value"] = stored.value
      record["seconds"] = .number((stored.seconds * 1000).rounded() / 1000)
      return
    }
    record["key"] = .text(key.hash)
    record["depends"] = .record(KeyCoding.record(key))
    for field in StoredResultCoding.record(stored).fields { record.append(field.name, field.value) }
    record["sealed"] = .text(StoredResultCoding.seal(stored, key: key.hash))
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
  public func json() -> String { JSONWriter.text(of: root) }
}
