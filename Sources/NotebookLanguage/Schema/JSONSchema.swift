public import Diagnostics
import InputLimits

/// JSON Schema (draft 2020-12) of the language, for editors and other programs, made from the keys
/// that `check` reads by.
public struct JSONSchema {
  private let directives: [any Directive.Type]

  public init(directives: [any Directive.Type]) { self.directives = directives }

  /// Of everything: a definition for the front matter, the options and each cell's body.
  public var everything: JSONDocument {
    var definitions: [(name: String, value: JSONDocument)] = [
      ("front-matter", Self.titled(Self.frontMatterTitle, frontMatterForm)),
      ("options", Self.titled(Self.optionsTitle, optionsForm)),
    ]
    for type in directives {
      definitions.append((type.name, Self.titled(type.summary, bodyForm(of: type))))
    }
    return Self.document(
      title: "Quantbook notebooks",
      [
        (
          "$comment", "Refer to one definition, such as #/$defs/quantize for the body of that cell."
        ),
        ("$defs", .object(definitions)),
      ])
  }

  /// Of the front matter.
  public var frontMatter: JSONDocument {
    Self.document(title: Self.frontMatterTitle, Self.members(frontMatterForm))
  }

  /// Of the `#|` lines of any cell.
  public var options: JSONDocument {
    Self.document(title: Self.optionsTitle, Self.members(optionsForm))
  }

  /// Of a cell's body.
  public func body(of type: any Directive.Type) -> JSONDocument {
    Self.document(title: type.summary, Self.members(bodyForm(of: type)))
  }

  private static let frontMatterTitle = "Front matter of a Quantbook notebook"
  private static let optionsTitle = "Options of a cell: its #| lines"

  private var frontMatterForm: JSONDocument { Self.schema(FrontMatter.form, expressions: false) }
  private var optionsForm: JSONDocument { Self.schema(CellOptions.form, expressions: false) }
  private func bodyForm(of type: any Directive.Type) -> JSONDocument {
    Self.schema(type.form, expressions: true, sweeps: type.allowsSweep)
  }

  // MARK: - Documents

  private static func document(
    title: String, _ members: [(name: String, value: JSONDocument)]
  ) -> JSONDocument {
    .object(
      [
        ("$schema", "https://json-schema.org/draft/2020-12/schema"), ("title", .string(title)),
      ] + members)
  }

  private static func titled(_ title: String, _ schema: JSONDocument) -> JSONDocument {
    .object([("title", .string(title))] + members(schema))
  }

  private static func members(_ schema: JSONDocument) -> [(name: String, value: JSONDocument)] {
    if case .object(let members) = schema { members } else { [] }
  }

  // MARK: - Forms

  /// - Parameters:
  ///   - expressions: whether `{{ … }}` may stand for a value.
  ///   - sweeps: whether a list may stand for a single value of a key.
  private static func schema(
    _ form: SchemaForm, expressions: Bool, sweeps: Bool = false
  ) -> JSONDocument {
    func orExpression(_ schema: JSONDocument) -> JSONDocument {
      expressions ? ["anyOf": [schema, expression]] : schema
    }
    switch form {
    case .text: return ["type": ["string", "number", "boolean"]]
    case .wholeNumber(let range): return orExpression(whole(in: range))
    case .number: return orExpression(["anyOf": [["type": "number"], ["enum": ["∞", "-∞"]]]])
    case .condition: return orExpression(["type": "boolean"])
    case .choice(let choices): return orExpression(["enum": .array(choices.flatMap(written))])
    case .list(let entry):
      let entry = schema(entry, expressions: expressions)
      return ["anyOf": [entry, ["type": "array", "items": entry]]]
    case .record(let keys, let listKey):
      let mapping = object(keys, expressions: expressions, sweeps: sweeps)
      guard let key = keys.first(where: { $0.name == listKey }) else { return mapping }
      return ["anyOf": [mapping, schema(key.form, expressions: expressions)]]
    case .map(let entry):
      return [
        "type": "object", "additionalProperties": schema(entry, expressions: expressions),
      ]
    case .optional(let form):
      let schema = schema(form, expressions: expressions, sweeps: sweeps)
      guard case .object(let members) = schema, members.count == 1, members[0].name == "anyOf",
        case .array(let alternatives) = members[0].value
      else { return ["anyOf": [schema, ["type": "null"]]] }
      return ["anyOf": .array(alternatives + [["type": "null"]])]
    case .anyOf(let forms):
      return ["anyOf": .array(forms.map { schema($0, expressions: expressions) })]
    case .any: return [:]
    }
  }

  private static let expression: JSONDocument = ["type": "string", "pattern": #"\{\{.*\}\}"#]

  private static func whole(in range: ClosedRange<Int>?) -> JSONDocument {
    var members: [(name: String, value: JSONDocument)] = [("type", "integer")]
    if let range {
      members.append(("minimum", .number(Double(range.lowerBound))))
      if range.upperBound < .max { members.append(("maximum", .number(Double(range.upperBound)))) }
    }
    return .object(members)
  }

  /// A choice as YAML readers see it: the word `true` is the condition to them.
  private static func written(_ choice: SchemaForm.Choice) -> [JSONDocument] {
    switch choice.text {
    case "true": [true, "true"]
    case "false": [false, "false"]
    default: [.string(choice.text)]
    }
  }

  private static func object(
    _ keys: [KeyDescription], expressions: Bool, sweeps: Bool
  ) -> JSONDocument {
    let required = keys.filter(\.isRequired).map(\.name)
    let properties = keys.map { key in
      var members: [(name: String, value: JSONDocument)] = [("description", .string(key.help))]
      if let value = key.defaultValue { members.append(("default", document(of: value))) }
      let value = schema(key.form, expressions: expressions, sweeps: sweeps)
      if sweeps, key.form.isSingle {
        let values: JSONDocument = [
          "type": "array", "minItems": 1,
          "maxItems": .number(Double(Limit.sweepCombinations.usual)),
          "items": schema(key.form, expressions: expressions),
        ]
        members.append(("anyOf", [value, values]))
      } else {
        members += Self.members(value)
      }
      return (name: key.name, value: JSONDocument.object(members))
    }
    var members: [(name: String, value: JSONDocument)] = [
      ("type", required.isEmpty ? ["object", "null"] : "object"),
      ("properties", .object(properties)),
    ]
    if !required.isEmpty { members.append(("required", .array(required.map { .string($0) }))) }
    members.append(("additionalProperties", false))
    return .object(members)
  }

  private static func document(of value: Value) -> JSONDocument {
    switch value {
    case .bool(let bool): .bool(bool)
    case .list(let values): .array(values.map(document))
    case .number(let number): .number(number.value)
    default: .string(DisplayedValue(value).text)
    }
  }
}
