extension FuzzTarget {
  /// A file in BibTeX, as a notebook names it. The first line is what the notebook cites.
  static let bibliography = FuzzTarget("bibliography", longest: 2048) { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    let key = text.prefix { $0 != "\n" && $0 != "]" }
    try NotebookPromises.check(
      "---\nbibliography: works.bib\n---\nAs [@\(key)] says.\n", files: text)
  }
}
