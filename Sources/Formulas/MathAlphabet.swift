/// Letters of a style of their own, which Unicode has as characters of their own.
///
/// Reference: Unicode's block "Mathematical Alphanumeric Symbols". MathML Core has no other way to
/// ask for them.
enum MathAlphabet: Hashable, Sendable {
  case upright, italic, bold, boldItalic, doubleStruck, script, fraktur, sansSerif, monospace

  /// `letter` in this alphabet; itself where the alphabet lacks it.
  func letter(_ letter: Unicode.Scalar) -> Unicode.Scalar {
    if let exception = exceptions[letter] { return exception }
    let start: UInt32?
    switch letter {
    case "A"..."Z": start = capitals.map { $0 + letter.value - 0x41 }
    case "a"..."z": start = capitals.map { $0 + 26 + letter.value - 0x61 }
    case "0"..."9": start = digits.map { $0 + letter.value - 0x30 }
    case "α"..."ω": start = greek.map { $0 + 26 + letter.value - 0x3B1 }
    case "Α"..."Ω": start = greek.map { $0 + letter.value - 0x391 }
    default: start = nil
    }
    return start.flatMap(Unicode.Scalar.init) ?? letter
  }

  /// Code point of its capital A; small letters follow the 26 capitals.
  private var capitals: UInt32? {
    switch self {
    case .upright, .italic: nil
    case .bold: 0x1D400
    case .boldItalic: 0x1D468
    case .doubleStruck: 0x1D538
    case .script: 0x1D49C
    case .fraktur: 0x1D504
    case .sansSerif: 0x1D5A0
    case .monospace: 0x1D670
    }
  }

  private var digits: UInt32? {
    switch self {
    case .bold, .boldItalic: 0x1D7CE
    case .doubleStruck: 0x1D7D8
    case .sansSerif: 0x1D7E2
    case .monospace: 0x1D7F6
    case .upright, .italic, .script, .fraktur: nil
    }
  }

  private var greek: UInt32? {
    switch self {
    case .bold: 0x1D6A8
    case .boldItalic: 0x1D71C
    default: nil
    }
  }

  /// Letters that Unicode had before the block, elsewhere.
  private var exceptions: [Unicode.Scalar: Unicode.Scalar] {
    switch self {
    case .doubleStruck:
      ["C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"]
    case .script:
      [
        "B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ",
        "e": "ℯ", "g": "ℊ", "o": "ℴ",
      ]
    case .fraktur: ["C": "ℭ", "H": "ℌ", "I": "ℑ", "R": "ℜ", "Z": "ℨ"]
    default: [:]
    }
  }
}

extension Formula {
  /// The same with its letters and digits in `alphabet`.
  func inAlphabet(_ alphabet: MathAlphabet) -> Formula {
    func changed(_ text: String) -> String {
      String(String.UnicodeScalarView(text.unicodeScalars.map(alphabet.letter)))
    }
    switch self {
    case .identifier(let text, let isUpright):
      return .identifier(
        changed(text), isUpright: alphabet == .italic ? false : alphabet == .upright || isUpright)
    case .number(let text): return .number(changed(text))
    case .row(let parts):
      // Letters side by side in an upright alphabet are one word.
      let words = parts.compactMap { part in
        if case .identifier(let text, _) = part { text } else { nil }
      }
      if alphabet != .italic, words.count == parts.count, !words.isEmpty {
        return .identifier(changed(words.joined()), isUpright: true)
      }
      return .row(parts.map { $0.inAlphabet(alphabet) })
    case .scripts(let base, let lower, let upper, let isLimits):
      return .scripts(
        base.inAlphabet(alphabet), lower: lower?.inAlphabet(alphabet),
        upper: upper?.inAlphabet(alphabet), isLimits: isLimits)
    default: return self
    }
  }
}
