import JSONStrings
import NotebookLanguage

/// Writes values as JSON: keys sorted, two spaces of indentation, lists of numbers on one line, so
/// that two files differ line by line.
///
/// A number that JSON cannot hold is the text `"Infinity"`, `"-Infinity"` or `"NaN"`.
struct JSONWriter {
  private var bytes: [UInt8] = []

  /// The value's text, ending in a line feed.
  static func text(of value: Value) -> String { String(decoding: bytes(of: value), as: UTF8.self) }

  static func bytes(of value: Value) -> [UInt8] {
    var writer = Self()
    writer.write(value, indentation: 0)
    writer.append("\n")
    return writer.bytes
  }

  private mutating func append(_ text: String) { bytes += text.utf8 }

  private mutating func newLine(_ indentation: Int) {
    bytes.append(UInt8(ascii: "\n"))
    bytes += repeatElement(UInt8(ascii: " "), count: indentation)
  }

  private mutating func write(_ value: Value, indentation: Int) {
    switch value {
    case .number(let number): write(number.value)
    case .text(let text): write(text)
    case .bool(let bool): append(bool ? "true" : "false")
    case .displayed(let displayed): write(displayed.text)
    case .list(let values): write(values, indentation: indentation)
    case .record(let record): write(record, indentation: indentation)
    }
  }

  private mutating func write(_ values: [Value], indentation: Int) {
    let isFlat = values.allSatisfy {
      switch $0 {
      case .number, .bool: true
      default: false
      }
    }
    append("[")
    for (index, value) in values.enumerated() {
      if index > 0 { append(isFlat ? ", " : ",") }
      if !isFlat { newLine(indentation + 2) }
      write(value, indentation: indentation + 2)
    }
    if !isFlat { newLine(indentation) }
    append("]")
  }

  private mutating func write(_ record: Record, indentation: Int) {
    append("{")
    for (index, field) in record.fields.sorted(by: { $0.name < $1.name }).enumerated() {
      if index > 0 { append(",") }
      newLine(indentation + 2)
      write(field.name)
      append(": ")
      write(field.value, indentation: indentation + 2)
    }
    if !record.fields.isEmpty { newLine(indentation) }
    append("}")
  }

  private mutating func write(_ number: Double) {
    if number.isNaN {
      append("\"NaN\"")
    } else if number.isInfinite {
      append(number > 0 ? "\"Infinity\"" : "\"-Infinity\"")
    } else if let whole = Int(exactly: number), number.sign == .plus || whole != 0 {
      append(String(whole))
    } else {
      append(number.description)
    }
  }

  private mutating func write(_ text: String) { append(JSONString.quoted(text)) }
}
