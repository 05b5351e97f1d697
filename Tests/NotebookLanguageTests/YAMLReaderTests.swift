import Diagnostics
import Testing

@testable import NotebookLanguage

/// The tree of a YAML text, without places.
private indirect enum Tree: Equatable, CustomStringConvertible {
  case scalar(String)
  case sequence([Tree])
  case mapping([String: Tree])

  var description: String {
    switch self {
    case .scalar(let text): "\"\(text)\""
    case .sequence(let entries): "\(entries)"
    case .mapping(let pairs):
      "{"
        + pairs.keys.sorted().map { "\($0)=\(pairs[$0]?.description ?? "")" }
        .joined(separator: ", ") + "}"
    }
  }

  init(_ node: YAMLNode) {
    switch node.content {
    case .scalar(let text, _): self = .scalar(text)
    case .sequence(let nodes): self = .sequence(nodes.map { Tree($0) })
    case .mapping(let pairs):
      self = .mapping(
        Dictionary(pairs.map { ($0.key.scalar ?? "", Tree($0.value)) }) { first, _ in first })
    }
  }
}

@Suite struct YAMLReaderTests {
  private func read(_ text: String) -> (node: YAMLNode?, mistakes: [Diagnostic]) {
    let file = SourceFile(name: "n.md", text: text)
    let count = text.hasSuffix("\n") ? file.lineCount - 1 : file.lineCount
    let lines = (1...max(count, 1)).map { (text: file.line($0), offset: file.offset(ofLine: $0)) }
    let (node, mistakes) = YAMLReader.read(lines, of: NotebookSource(file))
    return (node, mistakes)
  }

  private static let known: [(String, String)] = [
    ("a: 1\nb: [x, 'y z', \"w\\n\"]", "{a=\"1\", b=[\"x\", \"y z\", \"w\n\"]}"),
    ("- a\n- - b\n  - c\n- d: e\n  f: g", "[\"a\", [\"b\", \"c\"], {d=\"e\", f=\"g\"}]"),
    ("a:\n- b\n- c\nd:\n  e: f", "{a=[\"b\", \"c\"], d={e=\"f\"}}"),
    ("a: one\n  two\n\n  three\nb:", "{a=\"one two\nthree\", b=\"\"}"),
    (
      "a: |\n  one\n    two\n\n  three\nb: >-\n  x\n  y\n",
      "{a=\"one\n  two\n\nthree\n\", b=\"x y\"}"
    ),
    ("a: >\n  x\n    kept\n  y\n\n\nb: |+\n  z\n\n", "{a=\"x\n  kept\ny\n\", b=\"z\n\n\"}"),
    ("{a: [1, {b: 2}], c: , d}", "{a=[\"1\", {b=\"2\"}], c=\"\", d=\"\"}"),
    ("[\n  a, # first\n  b\n]", "[\"a\", \"b\"]"),
    ("'it''s': \"a \\\n   b\"", "{it's=\"a b\"}"),
    ("a: http://x.org/#b # c", "{a=\"http://x.org/#b\"}"),
    ("# only a comment", "nil"), ("", "nil"), ("just text", "\"just text\""),
    ("on: off\nyes: 1e3", "{on=\"off\", yes=\"1e3\"}"),
    ("a: 'x\n  y'\nb: \"\\u00e9\\t\"", "{a=\"x y\", b=\"é\t\"}"),
  ]

  @Test("what people write", arguments: Self.known)
  func trees(_ text: String, _ expected: String) {
    let (node, mistakes) = read(text)
    #expect(mistakes.isEmpty)
    #expect(node.map { Tree($0).description } ?? "nil" == expected)
  }

  @Test("values stand where they are written")
  func places() throws {
    let (node, _) = read("a: 'x y' # c\nb:\n  - [1, 2]\n  - zé: |\n      t\n")
    var found: [String] = []
    func visit(_ node: YAMLNode) {
      found.append("\(node.span.place.dropFirst(5)) \(node.span.text)")
      switch node.content {
      case .scalar: break
      case .sequence(let nodes): nodes.forEach(visit)
      case .mapping(let pairs):
        pairs.forEach {
          visit($0.key); visit($0.value)
        }
      }
    }
    visit(try #require(node))
    #expect(
      found == [
        "1:1 a", "1:1 a", "1:4 'x y'", "2:1 b", "3:3 -", "3:5 [1, 2]", "3:6 1", "3:9 2", "4:5 zé",
        "4:5 zé", "4:9 |\n      t",
      ])
  }

  @Test("expressions in quotes and over lines know their places")
  func origins() throws {
    let (node, _) = read("a: 'x == ''y'' + z'\nb: >-\n  1 +\n  2 *\n  nothing\n")
    guard case .mapping(let pairs)? = node?.content else { return }
    func place(_ node: YAMLNode, of wanted: String) throws -> String {
      let tokens = try ExpressionLexer.tokens(in: ExpressionSource(node))
      let token = try #require(tokens.first { $0.kind == .name(wanted) })
      return "\(token.span.place) \(token.span.text)"
    }
    #expect(try place(pairs[0].value, of: "z") == "n.md:1:18 z")
    #expect(try place(pairs[1].value, of: "nothing") == "n.md:5:3 nothing")
  }
}
