import Markdown
import NotebookLanguage

extension Report {
  /// Whether the text ends with a heading for the list of references, with nothing under it.
  var hasReferencesHeading: Bool {
    let last = blocks.last { block in
      if case .footnoteDefinition = block.kind { false } else { true }
    }
    guard case .heading(_, let content, _)? = last?.kind else { return false }
    return ["references", "bibliography", "literature"].contains(plain(content).lowercased())
  }
}
