public import Diagnostics

extension CheckedNotebook {
  /// What cells name and may not read, each once, in the order of the notebook, to be told before any of them
  /// runs. Missing files are left to the run, which may fetch them or have kept what was computed from them.
  ///
  /// - Parameter files: how files are looked at whose paths start at a folder, relative to the notebook's own.
  public func forbiddenFiles(in files: (_ folder: String) -> FileScope) -> [Diagnostic] {
    let found = cells.flatMap { planned in
      let scope = files(planned.source.folder)
      return planned.variants.compactMap { $0.cell.problemOfFiles(in: scope) }
    }
    return notebook.inOrder(found.filter { $0.code == .forbiddenPath })
  }
}

extension Cell {
  /// What is wrong with the files that the cell names; nil where they can be read, or only a run shows it.
  func problemOfFiles(in scope: FileScope) -> Diagnostic? {
    do { _ = try files(in: scope) } catch { return error as? Diagnostic }
    return nil
  }
}
