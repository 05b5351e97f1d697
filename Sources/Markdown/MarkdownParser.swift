internal import CCmarkGFM

/// Reads GitHub Flavored Markdown into a tree of values; the one importer of cmark-gfm.
///
/// Extensions: tables, strikethrough, autolinks, task lists, footnotes, formulas between dollars, and
/// `{#identifier}` at the end of a heading. Reference: https://github.github.com/gfm/.
public enum MarkdownParser {
  /// How much a text may ask for.
  public struct Limits: Hashable, Sendable {
    /// Most bytes of UTF-8 that are taken.
    public var bytes = 64 << 20
    /// Most levels of blocks and inlines inside each other.
    public var depth = 256
    /// Most line ends and characters that may begin markup: each may take a node.
    public var marks = 3_000_000

    public init() {}
  }

  /// The blocks of `text`, footnote definitions last.
  ///
  /// Tokens of `Placeholders` become `Inline.placeholder`; in code, raw HTML, link destinations and
  /// titles they stay tokens. A definition that no footnote refers to is left out, as on GitHub.
  /// - Throws: `MarkdownError` when the text is larger or deeper than `limits` allow.
  public static func parse(_ text: String, limits: Limits = Limits()) throws(MarkdownError)
    -> [Block]
  {
    guard text.utf8.count <= limits.bytes else {
      throw .tooLarge(bytes: text.utf8.count, limit: limits.bytes)
    }
    try MarkupCount(limits).check(text)
    let formulas = FormulaScanner(text)
    let document = try CmarkDocument(formulas.text)
    defer { document.free() }
    try document.checkDepth(limits.depth)
    let conversion = CmarkConversion(
      document, sourceLines: SourceLines(formulas.text), formulas: formulas)
    return conversion.blocks(in: document.root)
  }
}

/// Why a text was not read as Markdown.
public enum MarkdownError: Error, Hashable, Sendable, CustomStringConvertible {
  case tooLarge(bytes: Int, limit: Int)
  /// `line` is where the innermost permitted level stands, from 1.
  case tooDeep(line: Int, limit: Int)
  /// The text has more markup than any that is written by hand.
  case tooManyMarks(limit: Int)
  /// cmark-gfm gave no document or lacks an extension.
  case libraryFailed(String)

  /// The line at fault, from 1, where there is one.
  public var line: Int? { if case .tooDeep(let line, _) = self { line } else { nil } }

  public var description: String {
    switch self {
    case .tooManyMarks(let limit):
      "the Markdown text has more than \(limit) lines and marks"
    case .tooLarge(let bytes, let limit):
      "the Markdown text has \(bytes) bytes; at most \(limit) are read"
    case .tooDeep(let line, let limit):
      "Markdown is nested more than \(limit) levels deep at line \(line)"
    case .libraryFailed(let what):
      "cmark-gfm failed: \(what)"
    }
  }
}

/// What can be seen of a text's size in nodes before any is made: a hostile text of ten megabytes would
/// else take gigabytes.
private struct MarkupCount {
  private let limits: MarkdownParser.Limits

  init(_ limits: MarkdownParser.Limits) { self.limits = limits }

  func check(_ text: String) throws(MarkdownError) {
    var text = text
    let found: MarkdownError? = text.withUTF8 { mistake(in: $0) }
    if let found { throw found }
  }

  private func mistake(in bytes: UnsafeBufferPointer<UInt8>) -> MarkdownError? {
    var marks = 0
    var line = 1
    var containers = 0
    var isPrefix = true
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case 0x0A, 0x0D:
        marks += 1
        let isCarriageReturn = byte == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A
        if !isCarriageReturn { line += 1 }
        containers = 0
        isPrefix = true
      case UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "["), UInt8(ascii: "]"),
        UInt8(ascii: "`"), UInt8(ascii: "<"), UInt8(ascii: "&"), UInt8(ascii: "~"),
        UInt8(ascii: "|"), UInt8(ascii: "\\"), UInt8(ascii: "!"), UInt8(ascii: "@"),
        UInt8(ascii: ":"):
        // A run of one character is one mark.
        if index == 0 || bytes[index - 1] != byte || byte == UInt8(ascii: "[") { marks += 1 }
        if byte == UInt8(ascii: "*"), isPrefix { containers += 1 } else { isPrefix = false }
      case UInt8(ascii: ">"), UInt8(ascii: "-"), UInt8(ascii: "+"):
        guard isPrefix else { break }
        marks += 1
        containers += 1
      case UInt8(ascii: "."), UInt8(ascii: ")"):
        guard isPrefix, index > 0, (0x30...0x39).contains(bytes[index - 1]) else { break }
        marks += 1
        containers += 1
      case UInt8(ascii: " "), UInt8(ascii: "\t"), 0x30...0x39: break
      default: isPrefix = false
      }
      if containers > limits.depth {
        // A row of dashes or stars is a rule or text; blanks or `>` between them make containers.
        if byte == UInt8(ascii: ">") || isSpaced(bytes, index) {
          return .tooDeep(line: line, limit: limits.depth)
        }
        isPrefix = false
        containers = 0
      }
      if marks > limits.marks { return .tooManyMarks(limit: limits.marks) }
    }
    return nil
  }

  private func isSpaced(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    index > 0 && bytes[index - 1] != bytes[index]
  }
}

/// The lines of a text as cmark counts them: ended by a line feed, a carriage return, or both.
struct SourceLines {
  private let text: String
  private var starts: [String.Index]
  private var isBlank: [Bool] = []

  init(_ text: String) {
    self.text = text
    starts = [text.startIndex]
    var blank = true
    let bytes = text.utf8
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      bytes.formIndex(after: &index)
      switch byte {
      case UInt8(ascii: "\r") where index < bytes.endIndex && bytes[index] == UInt8(ascii: "\n"):
        break
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        isBlank.append(blank)
        starts.append(index)
        blank = true
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ">"):
        break
      default:
        blank = false
      }
    }
    isBlank.append(blank)
  }

  /// Line `number`, from 1, with its end of line; empty past the end.
  func line(_ number: Int) -> Substring {
    guard starts.indices.contains(number - 1) else { return "" }
    let end = starts.indices.contains(number) ? starts[number] : text.endIndex
    return text[starts[number - 1]..<end]
  }

  /// `last` moved up over blank lines (cmark counts those after a block as its own), but not above
  /// `first`.
  func lastFilled(from first: Int, through last: Int) -> Int {
    var line = min(last, isBlank.count)
    while line > first, isBlank[line - 1] { line -= 1 }
    return max(first, line)
  }
}
