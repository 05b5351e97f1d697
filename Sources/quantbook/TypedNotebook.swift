import NotebookLanguage

/// What completion can know of the notebook that stands among the words typed so far.
enum TypedNotebook {
  /// `name=` for each of its parameters.
  static func parameters(in words: [String]) -> [String] {
    notebook(in: words)?.frontMatter.parameters.parameters.map { "\($0.name)=" } ?? []
  }

  /// The labels of its cells.
  static func labels(in words: [String]) -> [String] {
    notebook(in: words)?.cells.compactMap(\.label) ?? []
  }

  private static func notebook(in words: [String]) -> Notebook? {
    words.lazy.filter { $0.hasSuffix(".md") }.compactMap { path in
      (try? NotebookFile(path: path)).map { $0.notebook() }
    }.first
  }
}
