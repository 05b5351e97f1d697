import Diagnostics

extension Value {
  /// The value as somebody would type it: a text as it is, digits not grouped, and a list in brackets,
  /// with quotes around the texts in it that YAML would read as something else.
  public var written: String {
    switch self {
    case .text(let text): text
    case .bool(let bool): "\(bool)"
    case .list(let values): "[" + values.map(\.writtenEntry).joined(separator: ", ") + "]"
    case .number, .record, .displayed: asNumber.map { SchemaForm.address(of: $0.value) } ?? ""
    }
  }

  private var writtenEntry: String {
    guard case .text(let text) = self else { return written }
    let isPlain =
      text.allSatisfy { $0.isLetter || $0.isNumber || "_-./".contains($0) }
      && text.first.map { $0.isLetter || $0.isNumber } == true && text != "null"
    return isPlain ? text : JSONDocument.string(text).line
  }
}
