/// A strict, small checker of HTML: well-formed as XML is, and nothing in it that runs, fetches or leads
/// to what runs. It shares no code with what writes the HTML.
struct Markup {
  private let bytes: [UInt8]
  private var position = 0
  private var open: [String] = []
  private var identifiers: Set<String> = []

  /// - Throws: `BrokenPromise` that says what is wrong and shows where.
  static func check(_ html: String) throws {
    var checker = Self(bytes: Array(html.utf8))
    try checker.run()
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private static let void: Set = ["br", "col", "hr", "img", "input", "meta", "wbr"]
  private static let unsafe: Set = [
    "animate", "applet", "audio", "base", "body", "embed", "foreignobject", "form", "frame",
    "frameset", "head", "html", "iframe", "link", "meta", "noscript", "object", "plaintext",
    "script", "set", "style", "template", "textarea", "use", "video", "xmp",
  ]
  private static let links: Set = ["href", "xlink:href", "cite", "longdesc"]
  private static let sources: Set = [
    "src", "srcset", "action", "formaction", "poster", "background", "data", "ping", "manifest",
  ]

  private func require(_ holds: Bool, _ what: @autoclosure () -> String) throws {
    if holds { return }
    let around = bytes[max(position - 120, 0)..<min(position + 60, bytes.count)]
    throw BrokenPromise(
      description: "\(what()) at byte \(position): …\(String(decoding: around, as: UTF8.self))…")
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func accept(_ text: String) -> Bool {
    guard bytes[position...].starts(with: text.utf8) else { return false }
    position += text.utf8.count
    return true
  }

  private mutating func take(while isTaken: (UInt8) -> Bool) -> String {
    let start = position
    while let byte = current, isTaken(byte) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func run() throws {
    while let byte = current {
      try require(byte >= 0x20 || [0x09, 0x0A, 0x0D].contains(byte), "a control character")
      if byte == UInt8(ascii: "<") { try tag() } else { position += 1 }
    }
    try require(open.isEmpty, "\(open) never closed")
  }

  private static func isName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: ":"): true
    default: false
    }
  }

  private mutating func tag() throws {
    position += 1
    let isEnd = accept("/")
    let name = take(while: Self.isName).lowercased()
    try require(!name.isEmpty, "a tag without a name")
    try require(!Self.unsafe.contains(name), "an element '\(name)'")
    if isEnd {
      try require(accept(">"), "an end tag that does not end")
      try require(open.last == name, "an end of '\(name)' within \(open)")
      open.removeLast()
      return
    }
    var attributes: Set<String> = []
    while true {
      let blanks = take { $0 == 0x20 || $0 == 0x0A }
      if accept("/>") {
        try require(
          Self.void.contains(name) || open.contains("svg") || open.contains("math"),
          "'\(name)' closes itself")
        return
      }
      if accept(">") { break }
      try require(!blanks.isEmpty, "attributes without a blank")
      let attribute = take(while: { Self.isName($0) || $0 == UInt8(ascii: "_") }).lowercased()
      try require(!attribute.isEmpty, "an attribute without a name")
      try require(attributes.insert(attribute).inserted, "'\(attribute)' twice")
      guard accept("=") else { continue }
      try require(accept("\""), "a value without quotes")
      let value = take { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "<") }
      try require(accept("\""), "a value of '\(attribute)' that does not end")
      try check(attribute, Self.decoded(value), of: name)
    }
    if !Self.void.contains(name) { open.append(name) }
  }

  private mutating func check(_ attribute: String, _ value: String, of element: String) throws {
    try require(!attribute.hasPrefix("on"), "a handler '\(attribute)'")
    if Self.links.contains(attribute) {
      try require(Self.isSafe(link: value), "a link to \(value)")
    }
    if Self.sources.contains(attribute) {
      let isPicture = ["png", "jpeg", "gif", "webp"].contains {
        value.lowercased().hasPrefix("data:image/\($0);base64,")
      }
      try require(element == "img" && attribute == "src" && isPicture, "a source \(value)")
    }
    if attribute == "style" {
      let value = value.lowercased()
      let isSafe = !["url", "expression", "@", "\\", "/*", "behavior", "-moz-binding"].contains {
        value.contains($0)
      }
      try require(isSafe, "a style \(value)")
    }
  }

  /// Whether a browser takes it for a relative address or one of a few schemes. Reference: the URL
  /// standard, "basic URL parser": blanks around and line ends within do not count.
  private static func isSafe(link: String) -> Bool {
    var scheme = ""
    for scalar in link.unicodeScalars {
      switch scalar {
      case "\u{0}"..."\u{20}": continue
      case "a"..."z", "A"..."Z", "0"..."9", "+", "-", ".": scheme.unicodeScalars.append(scalar)
      case ":": return ["http", "https", "mailto"].contains(scheme.lowercased())
      default: return true
      }
    }
    return true
  }

  /// Character references of an attribute's value, as far as they can spell an address.
  private static func decoded(_ value: String) -> String {
    var result = ""
    var rest = value[...]
    let named = [
      "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "colon": ":", "Tab": "\t", "NewLine": "\n",
    ]
    while let start = rest.firstIndex(of: "&") {
      result += rest[..<start]
      rest = rest[start...].dropFirst()
      let end = rest.firstIndex { $0 == ";" || $0 == "&" || $0 == "\"" } ?? rest.endIndex
      let name = rest[..<end]
      let lower = name.lowercased()
      let number =
        lower.hasPrefix("#x")
        ? UInt32(lower.dropFirst(2), radix: 16)
        : lower.hasPrefix("#") ? UInt32(lower.dropFirst()) : nil
      if let character = named[String(name)] {
        result += character
      } else if let scalar = number.flatMap(Unicode.Scalar.init) {
        result.unicodeScalars.append(scalar)
      } else {
        result += "&"
        continue
      }
      rest = rest[end...].dropFirst()
    }
    return result + rest
  }
}
