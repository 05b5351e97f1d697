import Cells
import Diagnostics
import Foundation
import NotebookLanguage
import Testing
import Yams

@testable import quantbook

@Suite struct SchemaCommandTests {
  private func schema(_ topic: String...) throws -> [String: Any] {
    let text = try SchemaCommand.document(on: topic).indented
    return try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// The `#|` lines and the body of a cell's example, as YAML readers see them.
  private func example(_ name: String) throws -> (options: Any, body: Any) {
    let type = try #require(AllCells.types.first { $0.name == name })
    let lines = type.example.split(separator: "\n")
    let options = lines.filter { $0.hasPrefix("#|") }.map { $0.dropFirst(2) }
    let body = lines.filter { !$0.hasPrefix("#|") }
    return (
      try #require(try Yams.load(yaml: options.joined(separator: "\n"))),
      try #require(try Yams.load(yaml: body.joined(separator: "\n")))
    )
  }

  @Test(
    "each cell's example is valid by the printed schema", arguments: AllCells.types.map { $0.name })
  func examples(_ name: String) throws {
    let (options, body) = try example(name)
    #expect(SchemaValidator.isValid(body, try schema("cell", name)))
    #expect(SchemaValidator.isValid(options, try schema("options")))
  }

  @Test("the front matter's example is valid; unknown keys and wrong types are not")
  func frontMatter() throws {
    let schema = try schema("front-matter")
    let text = FrontMatter.example.split(separator: "\n").dropFirst().dropLast()
    #expect(
      SchemaValidator.isValid(
        try #require(try Yams.load(yaml: text.joined(separator: "\n"))), schema))
    #expect(!SchemaValidator.isValid(["titel": "x"], schema))
    #expect(!SchemaValidator.isValid(["execute": ["echo": "perhaps"]], schema))
    #expect(SchemaValidator.isValid(["execute": ["echo": true]], schema))
    #expect(!SchemaValidator.isValid(["params": ["a": ["default": 1, "mim": 2]]], schema))
  }

  @Test("what check refuses, the schema refuses; an expression stands for any value")
  func refusals() throws {
    let quantize = try schema("cell", "quantize")
    #expect(SchemaValidator.isValid(["of": "base", "scheme": "nf4"], quantize))
    #expect(!SchemaValidator.isValid(["of": "base"], quantize))
    #expect(!SchemaValidator.isValid(["of": "base", "scheme": "nf-4"], quantize))
    #expect(!SchemaValidator.isValid(["of": "base", "scheme": "nf4", "blocksize": 64], quantize))
    #expect(SchemaValidator.isValid(["of": "base", "scheme": "{{ params.scheme }}"], quantize))
    let evaluate = try schema("cell", "evaluate")
    #expect(!SchemaValidator.isValid(["of": "a", "latency": ["repetitions": 0]], evaluate))
    #expect(SchemaValidator.isValid(["of": ["a": "b"], "latency": ["repetitions": 5]], evaluate))
  }

  @Test("the whole document has a definition for each cell, the options and the front matter")
  func whole() throws {
    let run = try CommandRun.quantbook("schema")
    #expect(run.status == 0)
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(document["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
    let definitions = try #require(document["$defs"] as? [String: Any])
    #expect(
      Set(definitions.keys)
        == Set(AllCells.directives.map { $0.name } + ["options", "front-matter"]))
  }

  @Test(
    "unknown topics are refused",
    arguments: [["cell"], ["cell", "lod"], ["cells"], ["options", "x"]])
  func unknown(_ topic: [String]) {
    #expect(throws: (any Error).self) { try SchemaCommand.document(on: topic) }
  }
}

/// As much of JSON Schema as the command prints.
enum SchemaValidator {
  static func isValid(_ value: Any, _ schema: [String: Any]) -> Bool {
    if let alternatives = schema["anyOf"] as? [[String: Any]],
      !alternatives.contains(where: { isValid(value, $0) })
    {
      return false
    }
    if let permitted = schema["enum"] as? [Any],
      !permitted.contains(where: { same($0, value) })
    {
      return false
    }
    let types = (schema["type"] as? [String]) ?? (schema["type"] as? String).map { [$0] } ?? []
    if !types.isEmpty, !types.contains(where: { has(value, type: $0) }) { return false }
    if let least = schema["minimum"] as? Double, let number = value as? Int, Double(number) < least
    {
      return false
    }
    if let most = schema["maximum"] as? Double, let number = value as? Int, Double(number) > most {
      return false
    }
    if let pattern = schema["pattern"] as? String, let text = value as? String,
      text.range(of: pattern, options: .regularExpression) == nil
    {
      return false
    }
    if let list = value as? [Any], let items = schema["items"] as? [String: Any] {
      return list.allSatisfy { isValid($0, items) }
    }
    guard let mapping = mapping(value) else { return true }
    for name in schema["required"] as? [String] ?? [] where mapping[name] == nil { return false }
    let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
    for (name, entry) in mapping {
      if let property = properties[name] {
        guard isValid(entry, property) else { return false }
      } else if let rest = schema["additionalProperties"] as? [String: Any] {
        guard isValid(entry, rest) else { return false }
      } else if schema["additionalProperties"] as? Bool == false {
        return false
      }
    }
    return true
  }

  private static func mapping(_ value: Any) -> [String: Any]? {
    if let mapping = value as? [String: Any] { return mapping }
    return (value as? [AnyHashable: Any]).map { pairs in
      Dictionary(uniqueKeysWithValues: pairs.map { ("\($0.key)", $0.value) })
    }
  }

  private static func same(_ one: Any, _ other: Any) -> Bool {
    if let one = one as? String { return one == other as? String }
    return !(other is String) && one as? Bool == other as? Bool
  }

  private static func has(_ value: Any, type: String) -> Bool {
    switch type {
    case "string": value is String
    case "boolean": value is Bool
    case "integer": value is Int && !(value is Bool)
    case "number": value is Int || value is Double
    case "array": value is [Any]
    case "object": mapping(value) != nil
    case "null": value is NSNull
    default: false
    }
  }
}
