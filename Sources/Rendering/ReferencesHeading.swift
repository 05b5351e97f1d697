import Markdown
import NotebookLanguage

extension Report {
  /// Place in `blocks` of the author's heading for the list of references: the last of such a name with
  /// nothing under it. nil where there is none.
  var referencesHeading: Int? {
    let shown = blocks.indices.filter { index in
      if case .footnoteDefinition = blocks[index].kind { false } else { true }
    }
    return shown.indices.last { place in
      guard case .heading(let level, let content, _) = blocks[shown[place]].kind,
        ["references", "bibliography", "literature"].contains(plain(content).lowercased())
      else { return false }
      guard shown.indices.contains(place + 1) else { return true }
      if case .heading(let next, _, _) = blocks[shown[place + 1]].kind { return next <= level }
      return false
    }.map { shown[$0] }
  }
}
