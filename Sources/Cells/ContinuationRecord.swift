import GPT2
import NotebookLanguage
import Tokenization

/// What expressions see of a continuation before and after quantization.
struct ContinuationRecord {
  var prompt: String
  var tokenizer: Tokenizer
  var before: Continuation
  var after: Continuation

  static var shape: Shape {
    .fields([
      "prompt": .text, "before": side, "after": side, "equalTokens": .number,
    ])
  }

  private static var side: Shape {
    .fields(["text": .text, "tokens": .number, "shared": .text, "differs": .text, "end": .text])
  }

  var value: Value {
    let equal = after.equalTokens(with: before)
    return .record(
      Record([
        "prompt": .text(prompt), "before": side(before, equal: equal),
        "after": side(after, equal: equal),
        "equalTokens": .number(
          Number(
            Double(equal),
            note: "tokens before the first that differs, of \(before.tokens.count)")),
      ]))
  }

  /// - Parameter equal: tokens that both sides begin with.
  private func side(_ continuation: Continuation, equal: Int) -> Value {
    let bytes = tokenizer.decodeBytes(continuation.tokens)
    let parts = Self.parts(
      bytes, shared: tokenizer.decodeBytes(continuation.tokens.prefix(equal)).count,
      differing: tokenizer.decodeBytes(continuation.tokens.dropFirst(equal).prefix(1)).count)
    return .record(
      Record([
        "text": .text(String(decoding: bytes, as: UTF8.self)),
        "tokens": .count(continuation.tokens.count), "shared": .text(parts.shared),
        "differs": .text(parts.differs), "end": .text(continuation.end.rawValue),
      ]))
  }

  /// The beginning that both share and the token after it, both made of whole characters: a token may
  /// end within one, which then counts to the token that differs.
  private static func parts(
    _ bytes: [UInt8], shared: Int, differing: Int
  ) -> (shared: String, differs: String) {
    func isInside(_ index: Int) -> Bool {
      bytes.indices.contains(index) && bytes[index] & 0xC0 == 0x80
    }
    var start = shared
    while start > 0, isInside(start) { start -= 1 }
    var end = shared + differing
    while isInside(end) { end += 1 }
    return (
      String(decoding: bytes[..<start], as: UTF8.self),
      String(decoding: bytes[start..<end], as: UTF8.self)
    )
  }
}
