/// A text that a user wrote, with its name as they typed it.
public struct SourceFile: Hashable, Sendable {
  public let name: String
  public let text: String
  /// Where it lies, by which it is told from other files whatever they are called; nil where nobody says.
  public let place: String?
  /// The text in UTF-8: spans count in these bytes.
  public let bytes: [UInt8]
  /// Offset of the first byte of each line.
  private let lineStarts: [Int]

  /// - Parameters:
  ///   - text: a byte order mark before it is dropped.
  ///   - place: its real path.
  public init(name: String, text: String, place: String? = nil) {
    let isMarked = text.unicodeScalars.first == "\u{FEFF}"
    self.name = name
    self.place = place
    self.text = isMarked ? String(text.unicodeScalars.dropFirst()) : text
    bytes = Array(self.text.utf8)
    lineStarts = Self.lineStarts(of: bytes)
  }

  /// A line ends with a line feed, a carriage return, or the two together: as Markdown and YAML count.
  private static func lineStarts(of bytes: [UInt8]) -> [Int] {
    var starts = [0]
    bytes.withUnsafeBufferPointer { bytes in
      for offset in bytes.indices {
        switch bytes[offset] {
        case UInt8(ascii: "\n"): starts.append(offset + 1)
        case UInt8(ascii: "\r") where offset + 1 == bytes.count || bytes[offset + 1] != 0x0A:
          starts.append(offset + 1)
        default: break
        }
      }
    }
    return starts
  }

  public static func == (one: Self, other: Self) -> Bool {
    one.name == other.name && one.bytes == other.bytes
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(bytes.count)
  }

  public var lineCount: Int { lineStarts.count }

  /// Offset of the first byte of line `line`, from 1; the end of the text for a line beyond it.
  public func offset(ofLine line: Int) -> Int {
    line < 1 ? 0 : line > lineStarts.count ? bytes.count : lineStarts[line - 1]
  }

  /// Line `line`, from 1, without its line end; empty beyond the end.
  public func line(_ line: Int) -> Substring { Substring(self[range(ofLine: line)]) }

  /// The bytes of line `line`, from 1, without its line end.
  public func range(ofLine line: Int) -> Range<Int> {
    guard line >= 1, line <= lineStarts.count else { return bytes.count..<bytes.count }
    let start = lineStarts[line - 1]
    var end = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<end
  }

  /// The bytes of some lines with their line ends.
  public func range(ofLines lines: ClosedRange<Int>) -> Range<Int> {
    let start = offset(ofLine: lines.lowerBound)
    return start..<max(start, offset(ofLine: lines.upperBound + 1))
  }

  /// Line and column, both from 1, of a byte; the column counts characters.
  public func position(of offset: Int) -> (line: Int, column: Int) {
    let offset = min(max(offset, 0), bytes.count)
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return (low + 1, characterCount(lineStarts[low]..<offset) + 1)
  }

  /// Characters as people count them; in a line of more than 64 KiB, which nobody counts, code points.
  private func characterCount(_ range: Range<Int>) -> Int {
    let part = bytes[range]
    if part.allSatisfy({ $0 < 0x80 && $0 != 0x0D }) { return part.count }
    return part.count > 1 << 16 ? part.count { $0 & 0xC0 != 0x80 } : self[range].count
  }

  /// The text of a range of bytes; a character cut in two reads as U+FFFD.
  public subscript(range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }
}

/// A piece of a source file.
public struct SourceSpan: Hashable, Sendable {
  public var file: SourceFile
  /// Offsets in `file.bytes`; empty for a place between characters.
  public var range: Range<Int>

  public init(file: SourceFile, range: Range<Int>) {
    self.file = file
    self.range = range
  }

  public var text: String { file[range] }
  /// Line of the start, from 1.
  public var line: Int { file.position(of: range.lowerBound).line }
  /// `file:line:column` of the start.
  public var place: String {
    let (line, column) = file.position(of: range.lowerBound)
    return "\(file.name):\(line):\(column)"
  }
}
