internal import CCmarkGFM

/// Reads GitHub Flavored Markdown into a tree of values; the one importer of cmark-gfm.
///
/// Extensions: tables, strikethrough, autolinks, task lists, footnotes, and `{#identifier}` at the
/// end of a heading. Reference: https://github.github.com/gfm/.
public enum MarkdownParser {
  /// How much a text may ask for.
  public struct Limits: Hashable, Sendable {
    /// Most bytes of UTF-8 that are taken.
    public var bytes = 64 << 20
    /// Most levels of blocks and inlines inside each other.
    public var depth = 256

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
    let document = try CmarkDocument(text)
    defer { document.free() }
    try document.checkDepth(limits.depth)
    let conversion = CmarkConversion(document, sourceLines: SourceLines(text))
    return conversion.blocks(in: document.root)
  }
}

/// Why a text was not read as Markdown.
public enum MarkdownError: Error, Hashable, Sendable, CustomStringConvertible {
  case tooLarge(bytes: Int, limit: Int)
  /// `line` is where the innermost permitted level stands, from 1.
  case tooDeep(line: Int, limit: Int)
  /// cmark-gfm gave no document or lacks an extension.
  case libraryFailed(String)

  public var description: String {
    switch self {
    case .tooLarge(let bytes, let limit):
      "the Markdown text has \(bytes) bytes; at most \(limit) are read"
    case .tooDeep(let line, let limit):
      "Markdown is nested more than \(limit) levels deep at line \(line)"
    case .libraryFailed(let what):
      "cmark-gfm failed: \(what)"
    }
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
