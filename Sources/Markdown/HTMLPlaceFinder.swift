/// Where in raw HTML a token of `Placeholders` stands: it decides what may be filled in there, and how.
public enum HTMLPlace: Hashable, Sendable {
  case text
  /// In the value of this attribute, between quotes.
  case attribute(String)
  /// In the value of this attribute, which has no quotes around it: a blank would end it.
  case unquotedAttribute(String)
  /// In the name of a tag or of an attribute.
  case name
  /// In the content of this element, `script` or `style`, which no escape makes safe.
  case script(String)
  /// In a comment or declaration, which nobody sees.
  case comment
}

/// Reads raw HTML as a browser's tokenizer does, as far as the places of tokens need it.
///
/// One finder serves pieces that follow each other, as the tags of a paragraph do: an open `script` lasts.
///
/// Reference: https://html.spec.whatwg.org/multipage/parsing.html#tokenization.
public struct HTMLPlaceFinder: Sendable {
  private enum State {
    case text
    /// After `<`.
    case opening
    /// In a tag's name, which may be empty yet.
    case tagName(String, isEnd: Bool)
    case beforeAttribute
    case attributeName(String)
    case afterAttributeName(String)
    case beforeValue(String)
    case value(String, quote: Unicode.Scalar?)
    /// After `<!` or `<?`, with what follows that.
    case declaration(String)
    /// With the last two characters.
    case comment(String)
    /// With the last characters, as many as the end tag has.
    case script(String, String)
  }

  private var state = State.text
  /// The element whose tag is being read, if it is a start tag.
  private var element = ""

  public init() {}

  /// The element, `script` or `style`, in which what follows stands; nil where it stands in none.
  public var openScript: String? { if case .script(let name, _) = state { name } else { nil } }

  /// The place of each token of `html`, by its number.
  public mutating func places(in html: String) -> [Int: HTMLPlace] {
    var places: [Int: HTMLPlace] = [:]
    for piece in Placeholders.pieces(of: html) {
      switch piece {
      case .text(let text): for scalar in text.unicodeScalars { read(scalar) }
      case .placeholder(let number): places[number] = place()
      }
    }
    return places
  }

  /// The place that has been reached, at which a token stands.
  private mutating func place() -> HTMLPlace {
    switch state {
    case .text: return .text
    case .opening:
      state = .tagName("", isEnd: false)
      return .name
    case .tagName: return .name
    case .beforeAttribute, .attributeName, .afterAttributeName:
      state = .attributeName("")
      return .name
    case .beforeValue(let name):
      state = .value(name, quote: nil)
      return .unquotedAttribute(name)
    case .value(let name, let quote):
      return quote == nil ? .unquotedAttribute(name) : .attribute(name)
    case .declaration, .comment: return .comment
    case .script(let name, _): return .script(name)
    }
  }

  private mutating func read(_ scalar: Unicode.Scalar) {
    switch state {
    case .text: if scalar == "<" { state = .opening }
    case .opening: readAfterOpening(scalar)
    case .tagName(let name, let isEnd): readTagName(name, isEnd, scalar)
    case .beforeAttribute: readBeforeAttribute(scalar)
    case .attributeName(let name):
      if scalar == "=" {
        state = .beforeValue(name)
      } else if scalar.isHTMLSpace {
        state = .afterAttributeName(name)
      } else if scalar == ">" || scalar == "/" {
        readBeforeAttribute(scalar)
      } else {
        state = .attributeName(name + scalar.lowercased)
      }
    case .afterAttributeName(let name):
      if scalar == "=" {
        state = .beforeValue(name)
      } else if !scalar.isHTMLSpace {
        readBeforeAttribute(scalar)
      }
    case .beforeValue(let name):
      if scalar == "\"" || scalar == "'" {
        state = .value(name, quote: scalar)
      } else if scalar == ">" {
        endTag()
      } else if !scalar.isHTMLSpace {
        state = .value(name, quote: nil)
      }
    case .value(_, let quote?): if scalar == quote { state = .beforeAttribute }
    case .value(_, nil):
      if scalar == ">" { endTag() } else if scalar.isHTMLSpace { state = .beforeAttribute }
    case .declaration(let text): readDeclaration(text, scalar)
    case .comment(let tail):
      state = tail == "--" && scalar == ">" ? .text : .comment(tail.suffix(1) + String(scalar))
    case .script(let name, let tail):
      let end = "</" + name
      let tail = (tail + scalar.lowercased).suffix(end.count)
      state = tail == end ? .tagName(name, isEnd: true) : .script(name, String(tail))
    }
  }

  private mutating func readAfterOpening(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "/": state = .tagName("", isEnd: true)
    case "!", "?": state = .declaration("")
    case "<": break
    default: state = scalar.isASCIILetter ? .tagName(scalar.lowercased, isEnd: false) : .text
    }
  }

  private mutating func readTagName(
    _ name: String, _ isEnd: Bool, _ scalar: Unicode.Scalar
  ) {
    if scalar == ">" || scalar == "/" || scalar.isHTMLSpace {
      element = isEnd ? "" : name
      readBeforeAttribute(scalar)
    } else {
      state = .tagName(name + scalar.lowercased, isEnd: isEnd)
    }
  }

  private mutating func readBeforeAttribute(_ scalar: Unicode.Scalar) {
    if scalar == ">" {
      endTag()
    } else if scalar == "/" || scalar.isHTMLSpace {
      state = .beforeAttribute
    } else {
      state = .attributeName(scalar.lowercased)
    }
  }

  private mutating func readDeclaration(_ text: String, _ scalar: Unicode.Scalar) {
    if scalar == ">" {
      state = .text
    } else if text == "-", scalar == "-" {
      state = .comment("")
    } else {
      state = .declaration(text.isEmpty ? String(scalar) : "…")
    }
  }

  private mutating func endTag() {
    state = element == "script" || element == "style" ? .script(element, "") : .text
    element = ""
  }
}

extension Unicode.Scalar {
  fileprivate var isHTMLSpace: Bool {
    self == " " || self == "\t" || self == "\n" || self == "\r" || self == "\u{C}"
  }

  fileprivate var isASCIILetter: Bool { isASCII && properties.isAlphabetic }

  fileprivate var lowercased: String { properties.lowercaseMapping }
}
