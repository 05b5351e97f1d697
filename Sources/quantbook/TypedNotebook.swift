import NotebookLanguage

/// What completion can know of the notebook that stands among the words typed so far.
enum TypedNotebook {
  /// `name=` for each of its parameters, and `name=value` for each of the values that one may have.
  static func parameters(in words: [String]) -> [String] {
    let parameters = notebook(in: words)?.frontMatter.parameters.parameters ?? []
    return parameters.flatMap { parameter -> [String] in
      let values = parameter.kind == .bool ? ["true", "false"] : parameter.choices
      return values.isEmpty ? ["\(parameter.name)="] : values.map { "\(parameter.name)=\($0)" }
    }
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
