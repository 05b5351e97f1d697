import Diagnostics
import InputLimits

/// What is looked for before libyaml sees a text: what it would allow and a notebook has no use for, and
/// nesting deeper than the stack holds.
struct YAMLScan {
  private let text: YAMLText
  private var position = 0
  /// Columns of the block collections that are open.
  private var columns: [Int] = []
  private let deepest = Limit.yamlDepth.value

  static func check(_ text: YAMLText) throws(YAMLMistake) {
    var scan = Self(text: text)
    try scan.check()
  }

  private init(text: YAMLText) { self.text = text }

  private var byte: UInt8 { position < text.bytes.count ? text.bytes[position] : .lineFeed }
  private var next: UInt8 {
    position + 1 < text.bytes.count ? text.bytes[position + 1] : .lineFeed
  }

  private mutating func check() throws(YAMLMistake) {
    while position < text.bytes.count {
      let start = position
      while byte == .space { position += 1 }
      if byte == .tab, !isBlankLine {
        throw YAMLMistake(
          "a tab cannot indent YAML", at: position..<position + 1, in: text,
          help: "indent with spaces")
      }
      guard byte != .lineFeed, byte != .hash else {
        if byte == .hash, next == UInt8(ascii: "|") {
          throw YAMLMistake(
            "lines of '#|' come first in a cell; below the body they would be comments",
            at: position..<text.contentEnd(ofLineAt: position), in: text)
        }
        position = text.lineEnd(of: position) + 1
        continue
      }
      if position == start { try refuseDocument() }
      try entry(onLineFrom: start)
    }
  }

  private var isBlankLine: Bool {
    text.bytes[position..<text.lineEnd(of: position)].allSatisfy(\.isBlank)
  }

  private func refuseDocument() throws(YAMLMistake) {
    let line = text[position..<text.lineEnd(of: position)]
    guard line.hasPrefix("---") || line.hasPrefix("...") else { return }
    throw YAMLMistake(
      "there is one YAML text here, not several", at: position..<position + 3, in: text)
  }

  /// The dashes, the key and the beginning of the value on one line, and all of a value in quotes or
  /// brackets.
  private mutating func entry(onLineFrom start: Int) throws(YAMLMistake) {
    try open(column: position - start)
    while byte == .dash, next.isBlankOrEnd {
      position += 1
      while byte.isBlank { position += 1 }
      if byte != .lineFeed { try open(column: position - start) }
    }
    let column = columns.last ?? 0
    if byte == UInt8(ascii: "?"), next.isBlankOrEnd {
      throw YAMLMistake(
        "a key is a single text: '?' has no place here", at: position..<position + 1, in: text)
    }
    try value(inside: column - 1)
    while byte.isBlank { position += 1 }
    if byte == .colon, next.isBlankOrEnd {
      position += 1
      while byte.isBlank { position += 1 }
      try value(inside: column)
    }
    position = max(position, text.lineEnd(of: position))
    if position < text.bytes.count, byte == .lineFeed { position += 1 }
  }

  private mutating func open(column: Int) throws(YAMLMistake) {
    while let last = columns.last, last >= column { columns.removeLast() }
    columns.append(column)
    try limit(columns.count)
  }

  private func limit(_ depth: Int) throws(YAMLMistake) {
    guard depth > deepest else { return }
    throw YAMLMistake(
      "this YAML nests more than \(deepest) levels deep", at: position..<position + 1,
      in: text, .tooComplex, help: Limit.yamlDepth.cure)
  }

  /// A key or value that starts here. A plain one is passed over up to `: `, a comment or its line's end.
  private mutating func value(inside parent: Int) throws(YAMLMistake) {
    try refuseProperties()
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): quoted()
    case UInt8(ascii: "["), UInt8(ascii: "{"): try brackets()
    case UInt8(ascii: "|"), UInt8(ascii: ">"): blockScalar(inside: parent)
    default:
      while byte != .lineFeed, !(byte == .colon && next.isBlankOrEnd),
        !(byte.isBlank && next == .hash)
      {
        position += 1
      }
    }
  }

  private func refuseProperties() throws(YAMLMistake) {
    let kind: String
    switch byte {
    case UInt8(ascii: "*"): kind = "aliases"
    case UInt8(ascii: "&"): kind = "anchors"
    case UInt8(ascii: "!"): kind = "tags"
    default: return
    }
    var end = position
    while end < text.bytes.count, !text.bytes[end].isBlankOrEnd, !text.bytes[end].isFlowIndicator {
      end += 1
    }
    throw YAMLMistake(
      "YAML's \(kind) have no place in a notebook", at: position..<end, in: text,
      help: "for the text itself, put it in quotes: \"\(text[position..<end])\"")
  }

  /// To the end of a quoted text; libyaml tells of one that has none.
  private mutating func quoted() {
    let quote = byte
    position += 1
    while position < text.bytes.count {
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        position += 2
      } else if byte == quote, next == quote, quote == UInt8(ascii: "'") {
        position += 2
      } else if byte == quote {
        position += 1
        return
      } else {
        position += 1
      }
    }
  }

  /// To the end of a list or mapping in brackets.
  private mutating func brackets() throws(YAMLMistake) {
    var depth = 0
    var isAtStart = true
    while position < text.bytes.count {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        position += 1
        try limit(columns.count + depth)
        isAtStart = true
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth -= 1
        position += 1
        isAtStart = false
        if depth == 0 { return }
      case .comma:
        position += 1
        isAtStart = true
      case .colon where next.isBlankOrEnd || next.isFlowIndicator:
        position += 1
        isAtStart = true
      case UInt8(ascii: "\"") where isAtStart, UInt8(ascii: "'") where isAtStart:
        quoted()
        isAtStart = false
      case .hash where position == 0 || text.bytes[position - 1].isBlankOrEnd:
        position = text.lineEnd(of: position)
      case .lineFeed, .space, .tab: position += 1
      default:
        if isAtStart { try refuseProperties() }
        isAtStart = false
        position += 1
      }
    }
  }

  /// To the last line of a text that is indented deeper than its key.
  private mutating func blockScalar(inside parent: Int) {
    position = text.lineEnd(of: position) + 1
    while position < text.bytes.count {
      let start = position
      while byte == .space { position += 1 }
      if byte != .lineFeed, position - start <= parent {
        // `entry` goes on to the end of the line before.
        position = start - 1
        return
      }
      position = text.lineEnd(of: position) + 1
    }
    position = text.bytes.count
  }
}
