import Diagnostics
import InputLimits
import NotebookLanguage
import Rendering
import SafeFiles

/// What stands around a report's text in HTML: the frame and the style of the files that
/// `format: html:` names.
struct PageFrame {
  let renderer: HTMLRenderer
  /// The author's own style, after the page's.
  let css: String

  /// - Parameters:
  ///   - file: the notebook's.
  ///   - addition: what a live preview adds.
  /// - Throws: every mistake in what the notebook names.
  init(
    for notebook: Notebook, of file: NotebookFile, addition: PageAddition? = nil
  ) throws(DiagnosticList) {
    let options = notebook.frontMatter.format.html
    var mistakes: [Diagnostic] = []
    var css = ""
    var renderer: HTMLRenderer?
    do throws(Diagnostic) {
      if let path = options.css { css = try Self.read(path, of: file).text }
    } catch {
      mistakes.append(error)
    }
    do throws(Diagnostic) {
      renderer = try Self.renderer(options.template, of: file, addition)
    } catch {
      mistakes.append(error)
    }
    guard mistakes.isEmpty, let renderer else { throw DiagnosticList(mistakes) }
    self.css = css
    self.renderer = renderer
  }

  private static func renderer(
    _ path: Spanned<String>?, of notebook: NotebookFile, _ addition: PageAddition?
  ) throws(Diagnostic) -> HTMLRenderer {
    let file = try path.map { path throws(Diagnostic) in try read(path, of: notebook) }
    do throws(PageTemplateError) {
      return try HTMLRenderer(
        template: file.map { file throws(PageTemplateError) in try PageTemplate(checking: file.text)
        },
        addition: addition)
    } catch {
      throw Diagnostic(
        .invalidTemplate, error.message,
        at: file.map { file in
          let line = file.range(ofLine: error.line)
          let start = min(line.lowerBound + max(error.column - 1, 0), line.upperBound)
          return SourceSpan(file: file, range: start..<min(start + 1, max(line.upperBound, start)))
        }, help: error.help)
    }
  }

  private static func read(
    _ path: Spanned<String>, of notebook: NotebookFile
  ) throws(Diagnostic) -> SourceFile {
    try notebook.read(path.value, at: path.span) { (full) throws(FileError) in
      SourceFile(
        name: path.value, text: try BoundedReader.text(path: full, limit: .configurationBytes))
    } otherwise: { error in
      Diagnostic(
        .invalidTemplate, "'\(path.value)' cannot be read: \(error.description)", at: path.span)
    }
  }
}
