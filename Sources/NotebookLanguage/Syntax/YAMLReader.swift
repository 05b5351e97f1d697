import Diagnostics
import InputLimits
import Markdown
import Yams

/// Reads the YAML of a notebook: its front matter, the `#|` lines and the bodies of its cells.
///
/// libyaml parses, by way of Yams. Scalars stay texts: the schema gives them their types. Anchors, aliases,
/// tags and several documents are refused, so that no alias can unfold into a billion nodes. An entry
/// that cannot be read is left out and the rest read, so that all mistakes are told at once.
struct YAMLReader {
  private let text: YAMLText
  private var nodeCount = 0
  /// Mistakes that leave the rest readable.
  private var mistakes: [Diagnostic] = []

  private let mostNodes = Limit.yamlEntries.value
  /// Nobody mends more at once.
  private static let maximumMistakes = 20

  /// The value of the text, as far as it can be read, and every mistake in it.
  ///
  /// - Parameter lines: each without its line end, with the offset of its start in `source.text`.
  /// - Returns: nil for a value where the text is empty or not one thing.
  static func read(
    _ lines: [(text: Substring, offset: Int)], of source: NotebookSource
  ) -> (node: YAMLNode?, diagnostics: [Diagnostic]) {
    var lines = lines
    var diagnostics: [Diagnostic] = []
    if lines.reduce(0, { $0 + $1.text.utf8.count + 1 }) > Limit.yamlBytes.value {
      let text = YAMLText(source: source, lines: Array(lines.prefix(1)))
      let mistake = YAMLMistake(
        "this YAML has more than \(Limit.yamlBytes.value) bytes", at: 0..<text.lineEnd(of: 0),
        in: text, .tooComplex, help: Limit.yamlBytes.cure)
      return (nil, [mistake.diagnostic])
    }
    while true {
      let text = YAMLText(source: source, lines: lines)
      var reader = Self(text: text)
      let mistake: YAMLMistake
      do throws(YAMLMistake) {
        var node = try reader.document()
        if !diagnostics.isEmpty { node?.isIncomplete = true }
        return (node, diagnostics + reader.mistakes)
      } catch { mistake = error }
      diagnostics.append(mistake.diagnostic)
      let entry = text.entry(around: mistake.line)
      guard diagnostics.count < maximumMistakes, !entry.isEmpty,
        entry.contains(where: { !lines[$0].text.isEmpty })
      else { return (nil, diagnostics) }
      for line in entry { lines[line].text = "" }
    }
  }

  private init(text: YAMLText) { self.text = text }

  private mutating func document() throws(YAMLMistake) -> YAMLNode? {
    try YAMLScan.check(text)
    let root: Node?
    do {
      root = try Parser(yaml: text[0..<text.bytes.count], encoding: .utf8).singleRoot()
    } catch let error as YamlError {
      throw YAMLMistake(error, in: text)
    } catch {
      throw YAMLMistake("this is not YAML", at: 0..<0, in: text)
    }
    guard let root else { return nil }
    if case .scalar(let scalar) = root, scalar.string.isEmpty, scalar.style == .plain { return nil }
    return try convert(root)
  }

  private mutating func convert(_ node: Node) throws(YAMLMistake) -> YAMLNode {
    nodeCount += 1
    let start = text.position(of: node.mark)
    guard nodeCount <= mostNodes else {
      throw YAMLMistake(
        "this YAML has more than \(mostNodes) entries", at: start..<start + 1, in: text,
        .tooComplex, help: Limit.yamlEntries.cure)
    }
    switch node {
    case .scalar(let scalar): return ScalarTrace.node(scalar, at: start, in: text)
    case .sequence(let sequence):
      var nodes: [YAMLNode] = []
      for element in sequence { nodes.append(try convert(element)) }
      let end = text.isOpeningBracket(at: start) ? text.closingBracket(from: start) : start + 1
      return YAMLNode(.sequence(nodes), at: text.span(start..<end))
    case .mapping(let mapping):
      guard mapping.count <= Limit.yamlKeys.value else {
        throw YAMLMistake(
          "this mapping has more than \(Limit.yamlKeys.value) keys", at: start..<start + 1,
          in: text,
          .tooComplex, help: Limit.yamlKeys.cure)
      }
      var pairs: [YAMLNode.Pair] = []
      for (key, value) in mapping {
        let key = try convert(key)
        guard key.scalar != nil else {
          let place = text.position(of: mapping.mark)
          throw YAMLMistake("a key is a single text", at: place..<place + 1, in: text)
        }
        let value = try convert(value)
        if key.isPending {
          mistakes.append(
            Diagnostic(.expressionSyntax, "a key cannot hold an expression", at: key.span))
        } else {
          pairs.append(YAMLNode.Pair(key: key, value: value))
        }
      }
      let place =
        text.isOpeningBracket(at: start)
        ? text.span(start..<text.closingBracket(from: start)) : pairs.first?.key.span
      return YAMLNode(.mapping(pairs), at: place ?? text.span(start..<start + 1))
    case .alias:
      throw YAMLMistake(
        "YAML's aliases have no place in a notebook", at: start..<start + 1, in: text)
    }
  }
}
