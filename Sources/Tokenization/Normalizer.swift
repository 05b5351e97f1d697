import Foundation

/// Rewrites a text before it is cut into words: one step after another.
///
/// Source: `normalizers` in huggingface/tokenizers. A step works on what lies between added tokens.
struct Normalizer: Sendable {
  enum Step: Sendable {
    case form(Form)
    /// Each character by itself, as Rust's `char::to_lowercase`: without regard to its neighbours.
    case lowercase
    case prepend(String)
    case replace(SplitExpression, with: String)
    case strip(left: Bool, right: Bool)
  }

  /// A Unicode normal form.
  enum Form: String, Sendable {
    case nfc = "NFC"
    case nfd = "NFD"
    case nfkc = "NFKC"
    case nfkd = "NFKD"
  }

  var steps: [Step] = []

  /// The text after all steps; what is not UTF-8 in it becomes U+FFFD.
  func normalized(_ text: UnsafeBufferPointer<UInt8>) throws -> String {
    var text = String(decoding: text, as: UTF8.self)
    for step in steps { text = try Self.apply(step, to: text) }
    return text
  }

  private static func apply(_ step: Step, to text: String) throws -> String {
    switch step {
    case .form(let form): return normalForm(form, of: text)
    case .lowercase:
      var result = ""
      for scalar in text.unicodeScalars { result += scalar.properties.lowercaseMapping }
      return result
    case .prepend(let prefix): return text.isEmpty ? text : prefix + text
    case .replace(let expression, let content): return try replaced(text, expression, content)
    case .strip(let left, let right):
      var scalars = text.unicodeScalars[...]
      if left { scalars = scalars.drop { $0.properties.isWhitespace } }
      if right {
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
      }
      return String(String.UnicodeScalarView(scalars))
    }
  }

  /// The form as Hugging Face's tokenizers have it, by the tables of Unicode 9: a younger character stays
  /// as it is and where it is.
  private static func normalForm(_ form: Form, of text: String) -> String {
    guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
    // By ICU: Foundation's own `precomposedString…` composes U+10004E with an accent as if it were N.
    let transform = StringTransform(form.rawValue)
    var result = ""
    var run = ""
    func finishRun() {
      result += run.applyingTransform(transform, reverse: false) ?? run
      run = ""
    }
    for scalar in text.unicodeScalars {
      if let age = scalar.properties.age, age.major <= 9 {
        run.unicodeScalars.append(scalar)
      } else {
        finishRun()
        result.unicodeScalars.append(scalar)
      }
    }
    finishRun()
    return result
  }

  private static func replaced(
    _ text: String, _ expression: SplitExpression, _ content: String
  ) throws -> String {
    var text = text
    return try text.withUTF8 { bytes in
      var result: [UInt8] = []
      var position = 0
      for match in try expression.matches(in: bytes) {
        result.append(contentsOf: bytes[position..<match.lowerBound])
        result.append(contentsOf: content.utf8)
        position = match.upperBound
      }
      result.append(contentsOf: bytes[position...])
      return String(decoding: result, as: UTF8.self)
    }
  }
}
