import Diagnostics
import InputLimits
import Markdown

/// `[@key]`, `[see @key, p. 3; @other]` and `@key` in running text.
///
/// Reference: the syntax is Pandoc's.
public enum Citations {
  /// A piece of running text.
  public enum Piece: Hashable {
    case text(String)
    /// Works cited together in brackets.
    case group([Citation])
    /// A work that the sentence names: `@key`.
    case named(String)
  }

  /// One work in brackets.
  public struct Citation: Hashable {
    /// What stands before it, such as `see`.
    public var prefix: String
    public var key: String
    /// What stands after it, such as `p. 3`.
    public var locator: String
  }

  /// Longest text between brackets that is read as a citation, in characters.
  private static let maximalLength = 500

  /// A citation with its place in the notebook.
  struct Found: Hashable {
    var key: String
    var span: SourceSpan?
  }

  /// Cuts text at its citations.
  ///
  /// - Parameter known: keys of the notebook's references. `@name` outside brackets cites nothing
  ///   unless it is one of them, since people are written so too.
  public static func pieces(of text: String, known: Set<String>) -> [Piece] {
    guard text.contains("@") else { return text.isEmpty ? [] : [.text(text)] }
    var pieces: [Piece] = []
    var pending = ""
    func flush() {
      if !pending.isEmpty { pieces.append(.text(pending)) }
      pending = ""
    }
    var rest = Substring(text)
    while let mark = rest.firstIndex(where: { $0 == "[" || $0 == "@" }) {
      let before = rest[..<mark]
      pending += before
      let after = rest[rest.index(after: mark)...]
      if rest[mark] == "[", let end = after.prefix(maximalLength).firstIndex(of: "]"),
        let group = group(after[..<end])
      {
        flush()
        pieces.append(.group(group))
        rest = after[after.index(after: end)...]
      } else if rest[mark] == "@", pending.last?.isWordCharacter != true,
        let key = key(at: after), known.contains(key)
      {
        flush()
        pieces.append(.named(key))
        rest = after.dropFirst(key.count)
      } else {
        pending.append(rest[mark])
        rest = after
      }
    }
    pending += rest
    flush()
    return pieces
  }

  /// The works in brackets; nil if the brackets cite nothing.
  private static func group(_ text: Substring) -> [Citation]? {
    guard text.contains("@"), !text.contains("[") else { return nil }
    var group: [Citation] = []
    for part in text.split(separator: ";", omittingEmptySubsequences: false) {
      guard let at = part.firstIndex(of: "@"), part[..<at].last?.isWordCharacter != true,
        let key = key(at: part[part.index(after: at)...])
      else { return nil }
      // `-` keeps the author away, whom a number does not name.
      let prefix = part[..<at].last == "-" ? part[..<at].dropLast() : part[..<at]
      let locator = part[part.index(at, offsetBy: key.count + 1)...].trimmingSpace
      group.append(
        Citation(
          prefix: prefix.trimmingSpace, key: key,
          locator: locator.hasPrefix(",") ? locator.dropFirst().trimmingSpace : locator))
    }
    // `[-@tbl-x]` is a cross reference.
    let isReference = group.contains { citation in
      ["tbl-", "fig-", "sec-"].contains(where: citation.key.hasPrefix)
    }
    return isReference ? nil : group
  }

  private static func key(at text: Substring) -> String? {
    let characters = text.prefix { $0.isWordCharacter || "_:.-/".contains($0) }
    let key = String(characters.reversed().drop { !$0.isWordCharacter }.reversed())
    return key.isEmpty ? nil : key
  }

  /// Every citation in some blocks' running text, in order.
  static func all(in blocks: [Block], of source: NotebookSource, known: Set<String>) -> [Found] {
    let most = Limit.references.value
    var found: [Found] = []
    for block in blocks where found.count < most {
      // cmark gives no columns, so citations are looked up in their block's lines, in order.
      var position = 0
      block.forEachText { text, lines in
        guard found.count < most else { return }
        let range = source.text.range(ofLines: lines)
        position = max(position, range.lowerBound)
        for key in keys(in: text, known: known) {
          let place = source.text.bytes[position..<max(position, range.upperBound)]
            .firstRange(of: Array("@\(key)".utf8))
          position = place?.upperBound ?? position
          found.append(Found(key: key, span: place.map { source.span(ofText: $0) }))
        }
      }
    }
    return found
  }

  /// Keys that a text cites, in order.
  static func keys(in text: String, known: Set<String>) -> [String] {
    pieces(of: text, known: known).flatMap { piece -> [String] in
      switch piece {
      case .text: []
      case .named(let key): [key]
      case .group(let group): group.map(\.key)
      }
    }
  }
}

extension Character {
  fileprivate var isWordCharacter: Bool { isLetter || isNumber }
}
