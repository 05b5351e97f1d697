import NotebookLanguage

extension CellContext {
  /// A path of the notebook: relative ones start at its folder.
  func resolve(_ path: String) -> String { path.hasPrefix("/") ? path : "\(folder)/\(path)" }
}

extension FileScope {
  /// A path of the notebook: relative ones start at its folder.
  func resolve(_ path: String) -> String { path.hasPrefix("/") ? path : "\(folder)/\(path)" }
}
