import Foundation

/// A text by which a stranger would run something, leave a document's text, or steer what shows it: of
/// the kinds that OWASP's lists have, written anew. The browser's tests read the same file.
public struct HostileText: Sendable, Decodable, CustomStringConvertible {
  public let kind: String
  public let text: String

  public var description: String { "\(kind): \(text.debugDescription)" }

  public static func all(beside test: String = #filePath) throws -> [Self] {
    let path = URL(fileURLWithPath: test).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/hostile_texts.json")
    return try JSONDecoder().decode([Self].self, from: Data(contentsOf: path))
  }

  /// The controls in a text that a terminal would obey or that reorder what follows; marks that no more than
  /// hint at a direction may stand in prose.
  public static func controls(in text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.filter { scalar in
      switch scalar.value {
      case 0x09, 0x0A, 0x0D: false
      case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
      default: false
      }
    }
  }
}

/// The tags of a text as an HTML parser finds them, by code points.
///
/// Reference: HTML Living Standard, 13.2.5, as far as tags go; comments are not told apart from
/// text, so that it finds rather more.
public struct HTMLTags {
  public struct Tag: Sendable {
    public var name: String
    public var isEnd = false
    public var attributes: [(name: String, value: String)]
  }

  public private(set) var tags: [Tag] = []
  private let scalars: [Unicode.Scalar]
  private var position = 0

  public init(_ html: String) {
    scalars = Array(html.unicodeScalars)
    while position < scalars.count {
      defer { position += 1 }
      guard scalars[position] == "<" else { continue }
      var start = position + 1
      if start < scalars.count, scalars[start] == "/" { start += 1 }
      guard start < scalars.count, scalars[start].isASCII, scalars[start].properties.isAlphabetic
      else { continue }
      let isEnd = start > position + 1
      position = start
      read(isEnd: isEnd)
    }
  }

  private mutating func read(isEnd: Bool) {
    var tag = Tag(name: word("> /\t\n\u{C}\r"), isEnd: isEnd, attributes: [])
    while position < scalars.count, scalars[position] != ">" {
      if " /\t\n\u{C}\r".unicodeScalars.contains(scalars[position]) {
        position += 1
        continue
      }
      let name = word("> /\t\n\u{C}\r=", atLeast: 1)
      skipSpace()
      var value = ""
      if position < scalars.count, scalars[position] == "=" {
        position += 1
        skipSpace()
        if position < scalars.count, scalars[position] == "\"" || scalars[position] == "'" {
          let quote = String(scalars[position])
          position += 1
          value = word(quote)
          position += 1
        } else {
          value = word("> \t\n\u{C}\r")
        }
      }
      tag.attributes.append((name, value))
    }
    tags.append(tag)
    if ["script", "style"].contains(tag.name), !isEnd { skipRawText(tag.name) }
  }

  /// What stands in a script or a style is text up to its end tag.
  private mutating func skipRawText(_ name: String) {
    let end = "</\(name)"
    while position < scalars.count {
      let isEnd =
        scalars[position] == "<"
        && String(String.UnicodeScalarView(scalars[position...].prefix(end.count))).lowercased()
          == end
      if isEnd {
        position -= 1
        return
      }
      position += 1
    }
  }

  /// How many elements begin that have this name.
  public func count(_ name: String) -> Int { tags.count { $0.name == name && !$0.isEnd } }

  /// How many attributes have this name.
  public func count(attribute name: String) -> Int {
    tags.reduce(0) { $0 + $1.attributes.count { $0.name == name } }
  }

  private mutating func word(_ ends: String, atLeast: Int = 0) -> String {
    let start = position
    let ends = Array(ends.unicodeScalars)
    while position < scalars.count,
      position - start < atLeast || !ends.contains(scalars[position])
    { position += 1 }
    return String(String.UnicodeScalarView(scalars[start..<position])).lowercased()
  }

  private mutating func skipSpace() {
    while position < scalars.count, " \t\n\u{C}\r".unicodeScalars.contains(scalars[position]) {
      position += 1
    }
  }

  private static let active: Set<String> = [
    "script", "style", "iframe", "frame", "object", "embed", "applet", "base", "form", "button",
    "link", "meta", "template", "noscript", "audio", "video", "source", "input", "textarea",
    "plaintext", "xmp", "marquee", "portal", "animate", "set", "foreignobject", "use", "body",
    "html",
    "image",
  ]

  /// What could run or fetch something, but for elements that the writer makes itself.
  public func dangers(except own: Set<String> = []) -> [String] {
    tags.flatMap { tag -> [String] in
      let attributes = tag.attributes.compactMap { name, value -> String? in
        if name.hasPrefix("on") || name == "srcdoc" || name == "background" { return name }
        guard ["href", "src", "xlink:href", "action", "formaction", "data"].contains(name) else {
          return name == "http-equiv" && value == "refresh" ? name : nil
        }
        return Self.isActive(value) ? "\(name)=\(value)" : nil
      }
      let element = Self.active.contains(tag.name) && !own.contains(tag.name) ? [tag.name] : []
      return element + attributes.map { "\(tag.name) \($0)" }
    }
  }

  private static func isActive(_ address: String) -> Bool {
    let references = [
      "&colon;": ":", "&#58;": ":", "&#x3a;": ":", "&tab;": "", "&newline;": "", "&#9;": "",
    ]
    var plain = address
    for (reference, character) in references {
      plain = plain.replacingOccurrences(of: reference, with: character)
    }
    let visible = String(String.UnicodeScalarView(plain.unicodeScalars.filter { $0.value > 0x20 }))
    return ["javascript:", "vbscript:", "data:", "blob:", "file:", "feed:"].contains {
      visible.hasPrefix($0) && !visible.hasPrefix("data:image/png;base64,")
    }
  }
}
