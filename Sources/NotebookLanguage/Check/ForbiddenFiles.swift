public import Diagnostics

extension CheckedNotebook {
  /// What cells name and may not read, each once, in the order of the notebook, to be told before any of them
  /// runs. Missing files are left to the run, which may fetch them or have kept what was computed from them.
  ///
  /// - Parameter files: how files are looked at whose paths start at a folder, relative to the notebook's own.
  public func forbiddenFiles(in files: (_ folder: String) -> FileScope) -> [Diagnostic] {
    let found = cells.flatMap { planned in
      let scope = files(planned.source.folder)
      return planned.variants.compactMap { variant -> Diagnostic? in
        do { _ = try variant.cell.files(in: scope) } catch let error as Diagnostic {
          return error.code == .forbiddenPath ? error : nil
        } catch {
          // Told when the cell runs.
        }
        return nil
      }
    }
    return notebook.inOrder(found)
  }
}
