import Diagnostics

/// Citations: each names a work that the notebook describes.
extension Check {
  /// The works cited, in the order of their first citation.
  mutating func readCitations() -> [Reference] {
    let works = Dictionary(
      notebook.bibliography.map { ($0.identifier.value, $0) },
      uniquingKeysWith: { first, _ in first })
    var cited: [Reference] = []
    var seen: Set<String> = []
    var problems: [Diagnostic] = []
    for citation in notebook.citations {
      guard let work = works[citation.key] else {
        // A bibliography that could not be read has a message of its own.
        guard !notebook.isPartial, !notebook.isBibliographyPartial, problems.count < 1000 else {
          continue
        }
        problems.append(unknown(citation, among: works.keys.sorted()))
        continue
      }
      if seen.insert(citation.key).inserted { cited.append(work) }
    }
    diagnostics += problems
    return cited
  }

  private func unknown(_ citation: Citations.Found, among known: [String]) -> Diagnostic {
    let near = nearestNames(to: citation.key, among: known).first
    return Diagnostic(
      .unknownCitation, "@\(citation.key) is none of the notebook's references", at: citation.span,
      help: near.map { "did you mean @\($0)?" }
        ?? (known.isEmpty
          ? "describe it in the front matter under 'references:', or name a file with 'bibliography:'"
          : "known: " + known.prefix(16).map { "@\($0)" }.joined(separator: ", ")))
  }
}
