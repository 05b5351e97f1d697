import Diagnostics

/// The YAML of a cell or of the front matter, taken out of a notebook line by line.
struct YAMLText {
  struct Line {
    /// Offsets in `bytes`: of the first byte, and of the line feed that ends the line.
    var start: Int
    var end: Int
    /// Where the line starts in `source.text`.
    var offset: Int
  }

  let source: NotebookSource
  /// The lines, each ended by a line feed.
  let bytes: [UInt8]
  let lines: [Line]

  /// - Parameter lines: each without its line end, with the offset of its start in `source.text`.
  init(source: NotebookSource, lines: [(text: Substring, offset: Int)]) {
    var bytes: [UInt8] = []
    var places: [Line] = []
    for line in lines {
      let start = bytes.count
      bytes += line.text.utf8
      places.append(Line(start: start, end: bytes.count, offset: line.offset))
      bytes.append(UInt8(ascii: "\n"))
    }
    self.source = source
    self.bytes = bytes
    self.lines = places
  }

  /// Number of the line, from 0, that a byte is on.
  func line(of position: Int) -> Int {
    var low = 0
    var high = lines.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lines[middle].start <= position { low = middle } else { high = middle }
    }
    return low
  }

  /// Bytes between the start of its line and a byte.
  func column(of position: Int) -> Int {
    lines.isEmpty ? 0 : position - lines[line(of: position)].start
  }

  subscript(range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The place in the notebook; at most to the end of the last line.
  func span(_ range: Range<Int>) -> SourceSpan {
    let start = offset(of: range.lowerBound)
    let end = range.isEmpty ? start : offset(of: range.upperBound - 1) + 1
    return source.span(ofText: start..<max(start, end))
  }

  /// The offset in the notebook's own bytes.
  func notebookOffset(of position: Int) -> Int {
    source.span(ofText: offset(of: position)..<offset(of: position)).range.lowerBound
  }

  private func offset(of position: Int) -> Int {
    guard !lines.isEmpty else { return 0 }
    let line = lines[line(of: position)]
    return line.offset + min(position, line.end) - line.start
  }
}

extension UInt8 {
  static let lineFeed = UInt8(ascii: "\n")
  static let space = UInt8(ascii: " ")
  static let tab = UInt8(ascii: "\t")
  static let colon = UInt8(ascii: ":")
  static let comma = UInt8(ascii: ",")
  static let hash = UInt8(ascii: "#")
  static let dash = UInt8(ascii: "-")

  var isBlank: Bool { self == .space || self == .tab }
  var isBlankOrEnd: Bool { isBlank || self == .lineFeed }
  /// `,[]{}`
  var isFlowIndicator: Bool {
    switch self {
    case .comma, UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"): true
    default: false
    }
  }
}
