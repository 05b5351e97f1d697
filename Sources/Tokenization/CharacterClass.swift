/// A set of characters, as between the brackets of a regular expression.
struct CharacterClass: Sendable {
  enum Item: Sendable {
    case range(ClosedRange<UInt32>)
    /// `\p{…}`: one bit for each general category.
    case categories(UInt32)
    /// `\s`: White_Space.
    case space
    /// `\w`: letters, marks, decimal digits and connecting punctuation.
    case word
    case nested(CharacterClass)
  }

  private let items: [Item]
  private let isNegated: Bool
  /// The members among the first 128 characters.
  private let ascii: (UInt64, UInt64)

  init(_ items: [Item], isNegated: Bool = false) {
    self.items = items
    self.isNegated = isNegated
    var bits: (UInt64, UInt64) = (0, 0)
    for value in UInt8(0)..<128
    where Self.contains(Unicode.Scalar(value), items) != isNegated {
      if value < 64 { bits.0 |= 1 << UInt64(value) } else { bits.1 |= 1 << UInt64(value - 64) }
    }
    ascii = bits
  }

  /// The class of one character.
  init(_ scalar: Unicode.Scalar) { self.init([.range(scalar.value...scalar.value)]) }

  @inline(__always)
  func contains(ascii value: UInt8) -> Bool {
    (value < 64 ? ascii.0 >> UInt64(value) : ascii.1 >> UInt64(value & 63)) & 1 != 0
  }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 128 { return contains(ascii: UInt8(scalar.value)) }
    return Self.contains(scalar, items) != isNegated
  }

  private static func contains(_ scalar: Unicode.Scalar, _ items: [Item]) -> Bool {
    items.contains { item in
      switch item {
      case .range(let range): range.contains(scalar.value)
      case .categories(let bits): bits & bit(scalar.properties.generalCategory) != 0
      case .space: scalar.properties.isWhitespace
      case .word:
        scalar.properties.isAlphabetic
          || wordCategories & bit(scalar.properties.generalCategory) != 0
      case .nested(let nested): nested.contains(scalar)
      }
    }
  }
}

extension CharacterClass {
  private static let wordCategories =
    (categories["M"] ?? 0) | (categories["Nd"] ?? 0)
    | (categories["Pc"] ?? 0)

  /// The bits of `L`, `Lu` and so on, by name. `Cn` is not there: what is unassigned hangs on Unicode's
  /// version.
  static let categories: [String: UInt32] = {
    let names: [(String, Unicode.GeneralCategory)] = [
      ("Lu", .uppercaseLetter), ("Ll", .lowercaseLetter), ("Lt", .titlecaseLetter),
      ("Lm", .modifierLetter), ("Lo", .otherLetter), ("Mn", .nonspacingMark),
      ("Mc", .spacingMark), ("Me", .enclosingMark), ("Nd", .decimalNumber), ("Nl", .letterNumber),
      ("No", .otherNumber), ("Pc", .connectorPunctuation), ("Pd", .dashPunctuation),
      ("Ps", .openPunctuation), ("Pe", .closePunctuation), ("Pi", .initialPunctuation),
      ("Pf", .finalPunctuation), ("Po", .otherPunctuation), ("Sm", .mathSymbol),
      ("Sc", .currencySymbol), ("Sk", .modifierSymbol), ("So", .otherSymbol),
      ("Zs", .spaceSeparator), ("Zl", .lineSeparator), ("Zp", .paragraphSeparator),
      ("Cc", .control), ("Cf", .format), ("Co", .privateUse),
    ]
    var bits: [String: UInt32] = [:]
    for (name, category) in names {
      bits[name] = bit(category)
      if !name.hasPrefix("C") { bits[String(name.prefix(1)), default: 0] |= bit(category) }
    }
    return bits
  }()

  private static func bit(_ category: Unicode.GeneralCategory) -> UInt32 {
    let number: UInt32 =
      switch category {
      case .uppercaseLetter: 0
      case .lowercaseLetter: 1
      case .titlecaseLetter: 2
      case .modifierLetter: 3
      case .otherLetter: 4
      case .nonspacingMark: 5
      case .spacingMark: 6
      case .enclosingMark: 7
      case .decimalNumber: 8
      case .letterNumber: 9
      case .otherNumber: 10
      case .connectorPunctuation: 11
      case .dashPunctuation: 12
      case .openPunctuation: 13
      case .closePunctuation: 14
      case .initialPunctuation: 15
      case .finalPunctuation: 16
      case .otherPunctuation: 17
      case .mathSymbol: 18
      case .currencySymbol: 19
      case .modifierSymbol: 20
      case .otherSymbol: 21
      case .spaceSeparator: 22
      case .lineSeparator: 23
      case .paragraphSeparator: 24
      case .control: 25
      case .format: 26
      case .surrogate: 27
      case .privateUse: 28
      case .unassigned: 29
      @unknown default: 30
      }
    return 1 << number
  }
}
