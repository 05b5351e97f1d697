import Diagnostics

/// Links within the report: each leads to a place that it has.
extension Check {
  mutating func checkLinks(references: [String: ReferenceTarget]) {
    guard !notebook.isPartial, !notebook.anchors.areIncomplete else { return }
    let captioned = notebook.cells.filter { captionKind(ofCell: $0.kind) != nil }
    let own = notebook.anchors.names.union(references.keys).union(captioned.compactMap(\.label))
    let known = own.union(Self.anchorsOfPages)
    for link in notebook.links where !known.contains(link.anchor) {
      // Works and notes have anchors that the page makes.
      if ["ref-", "fn-", "fnref-"].contains(where: link.anchor.hasPrefix) { continue }
      let near = nearestNames(to: link.anchor, among: own.sorted()).first
      diagnostics.append(
        Diagnostic(
          .deadLink, "nothing in the report is called '#\(link.anchor)'", at: link.span,
          help: near.map { "did you mean '#\($0)'?" }
            ?? "headings are called by their words: '# Two words' is '#two-words'"))
    }
  }

  /// What every page has.
  private static let anchorsOfPages: Set<String> = [
    "abstract", "cite", "content", "contents", "provenance", "references",
  ]
}
