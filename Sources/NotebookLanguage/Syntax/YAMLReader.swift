import Diagnostics
import Markdown
import Yams

/// Reads YAML out of a notebook: its front matter and the bodies of its cells.
struct YAMLReader {
  let source: NotebookSource
  /// Each line of the YAML text: where its first character stands in `source.text`.
  private let lines: [Int]
  private let text: String
  /// More nodes than any notebook has: an alias bomb.
  private static let maximumNodes = 100_000
  private static let maximumDepth = 64

  /// Line and column in the YAML text, from 1; the column counts code points, as libyaml does.
  private struct Position {
    var line: Int
    var column: Int

    init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }

    init(_ mark: Mark?) {
      line = mark?.line ?? 1
      column = mark?.column ?? 1
    }
  }

  /// - Parameters:
  ///   - lines: the YAML text line by line, each with the offset of its start in `source.text`.
  init(source: NotebookSource, lines: [(text: Substring, offset: Int)]) {
    self.source = source
    self.lines = lines.map(\.offset)
    text = lines.map(\.text).joined(separator: "\n") + "\n"
  }

  /// The value of the whole text; nil where it is empty.
  func read() throws(Diagnostic) -> YAMLNode? {
    do {
      let parser = try Parser(yaml: text)
      guard let root = try parser.singleRoot() else { return nil }
      var count = 0
      return try convert(root, depth: 0, count: &count)
    } catch let diagnostic as Diagnostic {
      throw diagnostic
    } catch let error as YamlError {
      throw diagnostic(for: error)
    } catch {
      throw Diagnostic(.invalidYAML, "this is not YAML", at: span(line: 1, column: 1, length: 0))
    }
  }

  private func convert(
    _ node: Node, depth: Int, count: inout Int
  ) throws(Diagnostic) -> YAMLNode {
    count += 1
    let mark = Position(node.mark)
    guard count <= Self.maximumNodes, depth <= Self.maximumDepth else {
      throw Diagnostic(
        .tooComplex, "this YAML is too large or nests too deep",
        at: span(line: mark.line, column: mark.column, length: 1))
    }
    switch node {
    case .scalar(let scalar):
      let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
      let length = written(scalar, at: mark)
      return YAMLNode(
        .scalar(
          scalar.string, isQuoted: isQuoted || scalar.style == .literal || scalar.style == .folded),
        at: span(line: mark.line, column: mark.column, length: length))
    case .sequence(let sequence):
      var nodes: [YAMLNode] = []
      for element in sequence {
        nodes.append(try convert(element, depth: depth + 1, count: &count))
      }
      return YAMLNode(
        .sequence(nodes), at: span(line: mark.line, column: mark.column, length: 1))
    case .mapping(let mapping):
      var pairs: [YAMLNode.Pair] = []
      for (key, value) in mapping {
        pairs.append(
          YAMLNode.Pair(
            key: try convert(key, depth: depth + 1, count: &count),
            value: try convert(value, depth: depth + 1, count: &count)))
      }
      return YAMLNode(
        .mapping(pairs),
        at: pairs.first?.key.span ?? span(line: mark.line, column: mark.column, length: 1))
    case .alias:
      throw Diagnostic(
        .invalidYAML, "aliases have no place in a notebook",
        at: span(line: mark.line, column: mark.column, length: 1))
    }
  }

  /// Length in `source.text`'s bytes of a scalar as it is written, quotes included; at most its line.
  private func written(_ scalar: Node.Scalar, at mark: Position) -> Int {
    let start = offset(line: mark.line, column: mark.column)
    let (line, _) = source.text.position(of: start)
    let end = source.text.offset(ofLine: line) + source.text.line(line).utf8.count
    let rest = source.text[start..<max(start, end)]
    switch scalar.style {
    case .singleQuoted, .doubleQuoted:
      guard let quote = rest.first,
        let close = rest.dropFirst().firstIndex(of: quote)
      else { return rest.utf8.count }
      return rest[...close].utf8.count
    case .literal, .folded: return 1
    default:
      return rest.hasPrefix(scalar.string) ? scalar.string.utf8.count : rest.utf8.count
    }
  }

  private func offset(line: Int, column: Int) -> Int {
    guard lines.indices.contains(line - 1) else {
      // libyaml misses something only after the last line: that line's end is the place.
      let last = source.text.position(of: lines.last ?? 0).line
      return source.text.offset(ofLine: last) + source.text.line(last).utf8.count
    }
    let start = lines[line - 1]
    let (sourceLine, _) = source.text.position(of: start)
    let end = source.text.offset(ofLine: sourceLine) + source.text.line(sourceLine).utf8.count
    // libyaml counts code points.
    let scalars = source.text[start..<max(start, end)].unicodeScalars
    return start
      + scalars.prefix(max(column - 1, 0)).reduce(0) { $0 + UTF8.width($1) }
  }

  private func span(line: Int, column: Int, length: Int) -> SourceSpan {
    let start = offset(line: line, column: column)
    return source.span(ofText: start..<start + length)
  }

  private func diagnostic(for error: YamlError) -> Diagnostic {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return Diagnostic(
        .invalidYAML, "this is not YAML: \(problem)",
        at: span(line: mark.line, column: mark.column, length: 1),
        help: problem.contains("tab") || lineHasTab(mark.line)
          ? "indent with spaces: YAML does not allow tabs"
          : "put texts that hold ': ', '#' or brackets in quotes")
    case .duplicatedKeysInMapping(let keys, let context):
      return duplicate(key: keys.first ?? "", first: Position(context.mark))
    default:
      return Diagnostic(
        .invalidYAML, "this is not YAML", at: span(line: 1, column: 1, length: 1))
    }
  }

  /// Yams names the first of the equal keys; the second is the next line that begins alike.
  private func duplicate(key: String, first: Position) -> Diagnostic {
    let rows = text.split(separator: "\n", omittingEmptySubsequences: false)
    let indentation = String(repeating: " ", count: max(first.column - 1, 0))
    let second =
      rows.indices.dropFirst(first.line).first { row in
        rows[row].hasPrefix(indentation + key)
          && rows[row].dropFirst(indentation.count + key.count)
            .drop { $0 == " " }.hasPrefix(":")
      }.map { Position(line: $0 + 1, column: first.column) } ?? first
    let length = key.utf8.count
    return Diagnostic(
      .duplicateKey, "the key '\(key)' stands here twice",
      at: span(line: second.line, column: second.column, length: length),
      notes: [
        Diagnostic.Note(
          "first written here", at: span(line: first.line, column: first.column, length: length))
      ])
  }

  private func lineHasTab(_ line: Int) -> Bool {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.indices.contains(line - 1)
      && lines[line - 1].prefix { $0.isWhitespace }.contains("\t")
  }
}
