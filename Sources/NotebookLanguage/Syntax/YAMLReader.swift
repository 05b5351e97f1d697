// NOTE FROM LEAD (see NOTE-FROM-LEAD.md in this folder): Yams must parse YAML again before this merges.
import Diagnostics
import Markdown

/// Reads the YAML of a notebook: its front matter, the `#|` lines and the bodies of its cells.
///
/// What people write by hand: mappings and lists by indentation or in brackets, plain, quoted and block
/// texts, comments. Scalars stay texts: the schema gives them their types. Anchors, aliases, tags,
/// several documents and keys that are no single text are refused by name, so that no alias can unfold
/// into a billion nodes. Reference: https://yaml.org/spec/1.2.2/.
struct YAMLReader {
  let text: YAMLText
  var position = 0
  private var depth = 0
  private var nodeCount = 0
  private(set) var diagnostics: [Diagnostic] = []

  /// More than any hand-written notebook has.
  private static let maximumDepth = 64
  private static let maximumNodes = 50_000
  private static let maximumKeys = 2000
  /// Nobody mends more at once.
  private static let maximumMistakes = 50

  /// The value of the text, as far as it can be read, and every mistake in it.
  ///
  /// - Parameter lines: each without its line end, with the offset of its start in `source.text`.
  /// - Returns: nil for a value where the text is empty or not one thing.
  static func read(
    _ lines: [(text: Substring, offset: Int)], of source: NotebookSource
  ) -> (node: YAMLNode?, diagnostics: [Diagnostic]) {
    var reader = Self(text: YAMLText(source: source, lines: lines))
    let node = reader.document()
    return (node, reader.diagnostics)
  }

  private init(text: YAMLText) { self.text = text }

  private mutating func document() -> YAMLNode? {
    do throws(Diagnostic) {
      try skipToContent()
      guard !isAtEnd else { return nil }
      let node = try blockNode(inside: -1)
      try skipToContent()
      guard isAtEnd else { throw strayContent() }
      return node
    } catch {
      diagnostics.append(error)
      return nil
    }
  }

  // MARK: - Blocks

  /// What starts here, on a line of its own or after `- `.
  private mutating func blockNode(inside parent: Int) throws(Diagnostic) -> YAMLNode {
    try descend()
    defer { depth -= 1 }
    let column = self.column
    if isAtDash { return try blockSequence(at: column) }
    if let key = try keyHere() { return try blockMapping(at: column, first: key) }
    return try value(inside: parent)
  }

  private mutating func blockSequence(at column: Int) throws(Diagnostic) -> YAMLNode {
    let start = position
    var nodes: [YAMLNode] = []
    var isIncomplete = false
    repeat {
      let dash = position
      do throws(Diagnostic) {
        position += 1
        try skipToContent()
        if isOnLine(of: dash) || (!isAtEnd && self.column > column) {
          nodes.append(try blockNode(inside: column))
        } else {
          nodes.append(null(after: dash))
        }
        try skipToContent()
        if !isAtEnd, self.column > column { throw strayIndentation() }
      } catch {
        isIncomplete = true
        try recover(from: error, toColumn: column, after: dash)
      }
    } while !isAtEnd && self.column == column && isAtDash
    var node = YAMLNode(.sequence(nodes), at: text.span(start..<start + 1))
    node.isIncomplete = isIncomplete
    return node
  }

  private struct Key {
    var node: YAMLNode
    /// After the colon.
    var end: Int
  }

  private mutating func blockMapping(at column: Int, first: Key) throws(Diagnostic) -> YAMLNode {
    var pairs: [YAMLNode.Pair] = []
    var isIncomplete = false
    var next: Key? = first
    while let key = next {
      let start = position
      do throws(Diagnostic) {
        position = key.end
        try add(key, value: try blockValue(of: key, at: column), to: &pairs)
        try skipToContent()
        if !isAtEnd, self.column > column { throw strayIndentation() }
      } catch {
        isIncomplete = true
        try recover(from: error, toColumn: column, after: start)
      }
      next = nil
      while next == nil, !isAtEnd, self.column == column, !isAtDash {
        let start = position
        do throws(Diagnostic) {
          next = try keyHere()
          if next == nil { throw noKey() }
        } catch {
          isIncomplete = true
          try recover(from: error, toColumn: column, after: start)
        }
      }
    }
    var node = YAMLNode(.mapping(pairs), at: pairs.first?.key.span ?? first.node.span)
    node.isIncomplete = isIncomplete
    return node
  }

  /// The keys and dashes of the outermost collection stand at the margin, so that it is clear where to
  /// go on after a mistake.
  private mutating func recover(
    from mistake: Diagnostic, toColumn column: Int, after start: Int
  ) throws(Diagnostic) {
    guard depth == 1, mistake.code != .tooComplex, diagnostics.count < Self.maximumMistakes else {
      throw mistake
    }
    diagnostics.append(mistake)
    for line in text.lines[text.line(of: start)...].dropFirst() {
      position = line.start
      while peek() == .space { position += 1 }
      if peek() != .lineFeed, peek() != .hash, peek() != .tab, self.column <= column { return }
    }
    position = text.bytes.count
  }

  private func noKey() -> Diagnostic {
    if let mistake = secondDocument() { return mistake }
    return Diagnostic(
      .invalidYAML, "expected a key with ':' and a space after it",
      at: text.span(position..<lineEnd(of: position)),
      help: "the further lines of a text are indented deeper than its key")
  }

  private mutating func add(
    _ key: Key, value: YAMLNode, to pairs: inout [YAMLNode.Pair]
  ) throws(Diagnostic) {
    var mistake: Diagnostic?
    if key.node.isPending {
      mistake = Diagnostic(
        .expressionSyntax, "a key cannot hold an expression", at: key.node.span)
    } else if let first = pairs.first(where: { $0.key.scalar == key.node.scalar }) {
      mistake = Diagnostic(
        .duplicateKey, "the key '\(key.node.scalar ?? "")' stands here twice", at: key.node.span,
        notes: [Diagnostic.Note("first written here", at: first.key.span)])
    }
    if let mistake {
      guard diagnostics.count < Self.maximumMistakes else { throw mistake }
      diagnostics.append(mistake)
      return
    }
    guard pairs.count < Self.maximumKeys else {
      throw Diagnostic(
        .tooComplex, "this mapping has more than \(Self.maximumKeys) keys", at: key.node.span)
    }
    pairs.append(YAMLNode.Pair(key: key.node, value: value))
  }

  private mutating func blockValue(of key: Key, at column: Int) throws(Diagnostic) -> YAMLNode {
    let colon = position - 1
    try skipToContent()
    if isOnLine(of: colon) {
      if isAtDash {
        throw Diagnostic(
          .invalidYAML, "a list of '- ' starts on a line of its own",
          at: text.span(position..<position + 1), help: "or write it in brackets: [a, b]")
      }
      return try value(inside: column)
    }
    let isList = isAtDash
    guard !isAtEnd, self.column > column || (self.column == column && isList) else {
      return null(after: colon)
    }
    return try blockNode(inside: isList ? column - 1 : column)
  }

  /// The key that starts here, if a colon follows it on this line.
  private func keyHere() throws(Diagnostic) -> Key? {
    let end = lineEnd(of: position)
    switch peek() {
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      var copy = self
      guard let node = try? copy.quoted(inside: nil), copy.position <= end else { return nil }
      while copy.peek().isBlank { copy.position += 1 }
      guard copy.peek() == .colon, copy.peek(1).isBlankOrEnd else { return nil }
      return Key(node: node, end: copy.position + 1)
    case UInt8(ascii: "?") where peek(1).isBlankOrEnd:
      throw Diagnostic(
        .invalidYAML, "a key is a single text: '?' has no place here",
        at: text.span(position..<position + 1))
    case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: ">"),
      UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"), UInt8(ascii: "%"),
      UInt8(ascii: "@"), UInt8(ascii: "`"), UInt8(ascii: "]"), UInt8(ascii: "}"), .comma:
      return nil
    default: break
    }
    var colon = position
    while colon < end {
      if text.bytes[colon] == .colon, text.bytes[colon + 1].isBlankOrEnd { break }
      if text.bytes[colon] == .hash, colon > position, text.bytes[colon - 1].isBlank { return nil }
      colon += 1
    }
    guard colon < end else { return nil }
    var last = colon
    while last > position, text.bytes[last - 1].isBlank { last -= 1 }
    guard last > position else {
      throw Diagnostic(
        .invalidYAML, "there is no key before this ':'", at: text.span(colon..<colon + 1))
    }
    return Key(node: plainNode(position..<last), end: colon + 1)
  }

  // MARK: - Values

  /// A text, or a collection in brackets, and the end of its line.
  private mutating func value(inside parent: Int) throws(Diagnostic) -> YAMLNode {
    let node: YAMLNode
    switch peek() {
    case UInt8(ascii: "["), UInt8(ascii: "{"): node = try flowCollection(inside: parent)
    case UInt8(ascii: "\""), UInt8(ascii: "'"): node = try quoted(inside: parent)
    case UInt8(ascii: "|"), UInt8(ascii: ">"): return try blockScalar(inside: parent)
    default:
      try refuseIndicator()
      return try plain(inside: parent)
    }
    let end = position
    try skipToContent()
    if isOnLine(of: end - 1) {
      throw Diagnostic(
        .invalidYAML, "expected the end of the line",
        at: text.span(position..<lineEnd(of: position)),
        help: "put the whole text in quotes, or a comment after a space and '#'")
    }
    return node
  }

  /// Characters that no plain text starts with.
  func refuseIndicator() throws(Diagnostic) {
    let first = peek()
    let start = position
    var end = position + 1
    while end < text.bytes.count, !text.bytes[end].isBlankOrEnd, !text.bytes[end].isFlowIndicator {
      end += 1
    }
    let word = text[start..<end]
    switch first {
    case UInt8(ascii: "*"), UInt8(ascii: "&"):
      let kind = first == UInt8(ascii: "*") ? "aliases" : "anchors"
      throw Diagnostic(
        .invalidYAML, "YAML's \(kind) have no place in a notebook", at: text.span(start..<end),
        help: "for the text itself, put it in quotes: \"\(word)\"")
    case UInt8(ascii: "!"):
      throw Diagnostic(
        .invalidYAML, "YAML's tags have no place in a notebook", at: text.span(start..<end),
        help: "for the text itself, put it in quotes: \"\(word)\"")
    case UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "`"), .comma, UInt8(ascii: "]"),
      UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "|"),
      UInt8(ascii: ">"):
      throw Diagnostic(
        .invalidYAML, "a text cannot start with '\(Character(UnicodeScalar(first)))'",
        at: text.span(start..<start + 1), help: "put it in quotes")
    case .dash, UInt8(ascii: "?"), .colon:
      guard peek(1).isBlankOrEnd else { return }
      throw Diagnostic(
        .invalidYAML, "'\(Character(UnicodeScalar(first)))' has no place here",
        at: text.span(start..<start + 1), help: "put a text that starts with it in quotes")
    default: return
    }
  }

  /// Nothing was written: the place is right after what asked for it.
  private func null(after position: Int) -> YAMLNode {
    YAMLNode(.scalar("", isQuoted: false), at: text.span(position + 1..<position + 1))
  }

  // MARK: - Brackets

  /// `[a, b]` or `{a: b}`, on one line or several.
  private mutating func flowCollection(inside parent: Int) throws(Diagnostic) -> YAMLNode {
    let start = position
    let isMapping = peek() == UInt8(ascii: "{")
    let close = isMapping ? UInt8(ascii: "}") : UInt8(ascii: "]")
    var nodes: [YAMLNode] = []
    var pairs: [YAMLNode.Pair] = []
    position += 1
    try skipInBrackets(opened: start, inside: parent)
    while peek() != close {
      let first = try flowItem(opened: start, inside: parent)
      try skipInBrackets(opened: start, inside: parent)
      if peek() == .colon {
        let colon = position
        guard first.scalar != nil, text.line(of: colon) == text.line(of: colon - 1) else {
          throw Diagnostic(
            .invalidYAML, "a key is a single text on one line", at: text.span(colon..<colon + 1))
        }
        position += 1
        try skipInBrackets(opened: start, inside: parent)
        let isEmpty = peek() == .comma || peek() == close
        let value = isEmpty ? null(after: colon) : try flowItem(opened: start, inside: parent)
        let key = Key(node: first, end: colon + 1)
        if isMapping {
          try add(key, value: value, to: &pairs)
        } else {
          var single: [YAMLNode.Pair] = []
          try add(key, value: value, to: &single)
          nodes.append(YAMLNode(.mapping(single), at: first.span))
        }
        try skipInBrackets(opened: start, inside: parent)
      } else if isMapping {
        guard first.scalar != nil else {
          throw Diagnostic(
            .invalidYAML, "a key is a single text, not \(first.kind)", at: first.span)
        }
        try add(
          Key(node: first, end: position),
          value: YAMLNode(
            .scalar("", isQuoted: false),
            at: SourceSpan(
              file: first.span.file,
              range: first.span.range.upperBound..<first.span.range.upperBound)),
          to: &pairs)
      } else {
        nodes.append(first)
      }
      if peek() == .comma {
        position += 1
        try skipInBrackets(opened: start, inside: parent)
      } else if peek() != close {
        throw Diagnostic(
          .invalidYAML, "expected ',' or '\(Character(UnicodeScalar(close)))'",
          at: text.span(position..<position + 1),
          notes: [Diagnostic.Note("the bracket is opened here", at: text.span(start..<start + 1))])
      }
    }
    position += 1
    let span = text.span(start..<position)
    return YAMLNode(isMapping ? .mapping(pairs) : .sequence(nodes), at: span)
  }

  private mutating func flowItem(
    opened start: Int, inside parent: Int
  ) throws(Diagnostic) -> YAMLNode {
    try descend()
    defer { depth -= 1 }
    switch peek() {
    case UInt8(ascii: "["), UInt8(ascii: "{"): return try flowCollection(inside: parent)
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return try quoted(inside: parent)
    case .comma:
      throw Diagnostic(
        .invalidYAML, "there is nothing before this ','", at: text.span(position..<position + 1))
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      throw Diagnostic(
        .invalidYAML,
        "'\(Character(UnicodeScalar(peek())))' does not close "
          + "'\(Character(UnicodeScalar(text.bytes[start])))'",
        at: text.span(position..<position + 1),
        notes: [Diagnostic.Note("the bracket is opened here", at: text.span(start..<start + 1))])
    case .colon where peek(1).isBlankOrEnd:
      throw Diagnostic(
        .invalidYAML, "there is no key before this ':'", at: text.span(position..<position + 1))
    default:
      try refuseIndicator()
      return plainInBrackets(inside: parent)
    }
  }

  /// Over spaces, comments and lines. A line that is not indented deeper than the key is the next key:
  /// the bracket was never closed.
  private mutating func skipInBrackets(
    opened start: Int, inside parent: Int
  ) throws(Diagnostic) {
    let line = text.line(of: position)
    try skipToContent()
    let isClosing = peek() == UInt8(ascii: "]") || peek() == UInt8(ascii: "}")
    let isNextKey = !isAtEnd && text.line(of: position) != line && column <= parent && !isClosing
    guard isAtEnd || isNextKey else { return }
    let bracket = Character(UnicodeScalar(text.bytes[start]))
    throw Diagnostic(
      .invalidYAML, "this '\(bracket)' is never closed", at: text.span(start..<start + 1))
  }

  // MARK: - Places

  /// Whether the dash of a list's entry stands here.
  var isAtDash: Bool { peek() == .dash && peek(1).isBlankOrEnd }

  var isAtEnd: Bool { position >= text.bytes.count }

  /// The byte `offset` bytes from here; a line feed beyond the end.
  func peek(_ offset: Int = 0) -> UInt8 {
    position + offset < text.bytes.count ? text.bytes[position + offset] : .lineFeed
  }

  /// Bytes between the start of the line and here.
  var column: Int { text.column(of: position) }

  func isOnLine(of other: Int) -> Bool {
    !isAtEnd && text.line(of: position) == text.line(of: other)
  }

  func lineEnd(of position: Int) -> Int {
    text.lines.isEmpty ? 0 : text.lines[text.line(of: position)].end
  }

  private mutating func descend() throws(Diagnostic) {
    depth += 1
    nodeCount += 1
    guard nodeCount <= Self.maximumNodes else {
      throw Diagnostic(
        .tooComplex, "this YAML has more than \(Self.maximumNodes) values",
        at: text.span(position..<position + 1))
    }
    guard depth <= Self.maximumDepth else {
      throw Diagnostic(
        .tooComplex, "this YAML nests more than \(Self.maximumDepth) levels deep",
        at: text.span(position..<position + 1))
    }
  }

  /// Over spaces, comments and line ends.
  mutating func skipToContent() throws(Diagnostic) {
    while !isAtEnd {
      let start = position
      let isAtMargin = start == 0 || text.bytes[start - 1] == .lineFeed
      while peek() == .space { position += 1 }
      let firstTab = position
      while peek().isBlank { position += 1 }
      if peek() == .hash, isAtMargin || position > start { position = lineEnd(of: position) }
      guard peek() == .lineFeed else {
        if isAtMargin, firstTab < position {
          throw Diagnostic(
            .invalidYAML, "a tab cannot indent YAML", at: text.span(firstTab..<firstTab + 1),
            help: "indent with spaces")
        }
        return
      }
      position += 1
    }
  }

  func strayIndentation() -> Diagnostic {
    Diagnostic(
      .invalidYAML, "this line is indented deeper than the lines above allow",
      at: text.span(position..<lineEnd(of: position)),
      help: "the keys of one mapping, and the dashes of one list, stand in one column")
  }

  private func strayContent() -> Diagnostic {
    if let mistake = secondDocument() { return mistake }
    return Diagnostic(
      .invalidYAML, "this line belongs to nothing above it",
      at: text.span(position..<lineEnd(of: position)),
      help: "the keys of one mapping, and the dashes of one list, stand in one column")
  }

  private func secondDocument() -> Diagnostic? {
    let line = text[position..<lineEnd(of: position)]
    guard column == 0, line.hasPrefix("---") || line.hasPrefix("...") else { return nil }
    return Diagnostic(
      .invalidYAML, "there is one YAML text here, not several",
      at: text.span(position..<position + 3))
  }
}
