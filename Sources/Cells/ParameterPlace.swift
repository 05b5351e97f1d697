import Diagnostics

extension SourceSpan {
  /// The parameter that is all of what is written there: `window` of `{{ params.window }}`.
  var parameterName: String? {
    var text = text.filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" }[...]
    guard text.hasPrefix("{{params."), text.hasSuffix("}}") else { return nil }
    text = text.dropFirst("{{params.".count).dropLast(2)
    let isName = !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    return isName ? String(text) : nil
  }
}
