internal import CCmarkGFM
private import Synchronization

/// A parsed cmark document. Owns C memory: `free()` ends it.
struct CmarkDocument {
  let root: OpaquePointer

  /// Registration writes to cmark's global list; and while a parser reads inlines, its extensions'
  /// special characters stand in a global table, from which the first parser to end removes them.
  private static let cmarkGlobals = Mutex(())

  init(_ text: String) throws(MarkdownError) {
    root = try Self.cmarkGlobals.withLock { (_) throws(MarkdownError) in try Self.parse(text) }
  }

  private static func parse(_ text: String) throws(MarkdownError) -> OpaquePointer {
    cmark_gfm_core_extensions_ensure_registered()
    guard let parser = cmark_parser_new(CMARK_OPT_FOOTNOTES | CMARK_OPT_VALIDATE_UTF8)
    else { throw .libraryFailed("no parser") }
    defer { cmark_parser_free(parser) }
    for name in ["table", "strikethrough", "autolink", "tasklist"] {
      guard let syntax = cmark_find_syntax_extension(name),
        cmark_parser_attach_syntax_extension(parser, syntax) == 1
      else { throw .libraryFailed("no extension '\(name)'") }
    }
    var text = text
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        cmark_parser_feed(parser, $0.baseAddress, $0.count)
      }
    }
    guard let root = cmark_parser_finish(parser) else { throw .libraryFailed("no document") }
    return root
  }

  func free() { cmark_node_free(root) }

  /// Walks the tree without recursion, so that the conversion may recurse.
  func checkDepth(_ limit: Int) throws(MarkdownError) {
    var node = root
    var depth = 0
    var line = 1
    while true {
      line = max(line, Int(cmark_node_get_start_line(node)))
      if let child = cmark_node_first_child(node) {
        depth += 1
        guard depth <= limit else { throw .tooDeep(line: line, limit: limit) }
        node = child
        continue
      }
      while cmark_node_next(node) == nil {
        guard let parent = cmark_node_parent(node), node != root else { return }
        node = parent
        depth -= 1
      }
      guard let next = cmark_node_next(node) else { return }
      node = next
    }
  }
}

/// The children of a node, in order.
struct CmarkChildren: Sequence, IteratorProtocol {
  private var upcoming: OpaquePointer?

  init(of node: OpaquePointer) { upcoming = cmark_node_first_child(node) }

  mutating func next() -> OpaquePointer? {
    guard let node = upcoming else { return nil }
    upcoming = cmark_node_next(node)
    return node
  }
}
