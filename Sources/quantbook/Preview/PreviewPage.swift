import Diagnostics
import Foundation
import Markdown
import NotebookLanguage
import Rendering
import Synchronization

/// The page as last rendered. It is rendered when somebody asks for it: while cells finish in turn there
/// may be many that nobody sees.
final class PreviewPage: Sendable {
  private struct State {
    var version = 0
    var report: Report
    var renderer: HTMLRenderer
    var cells: [String] = []
    var html: String?
  }

  /// What every page of a preview has beside the report.
  static let addition = PageAddition(
    style: String(decoding: PackageResources.Preview_css, as: UTF8.self),
    script: String(decoding: PackageResources.Preview_js, as: UTF8.self))

  private let state: Mutex<State>

  /// A page without anything on it but its title.
  init(title: String) throws {
    var empty = Report(title: [.text(title)], blocks: [], name: title)
    empty.options.tableOfContents = false
    state = Mutex(State(report: empty, renderer: try HTMLRenderer(addition: Self.addition)))
  }

  /// Shows a report from now on.
  ///
  /// - Parameter cells: what events call its cells.
  /// - Returns: the page's number, from 1.
  func show(_ report: Report, cells: [String], by renderer: HTMLRenderer) -> Int {
    state.withLock { state in
      state.version += 1
      state.report = report
      state.renderer = renderer
      state.cells = cells
      state.html = nil
      return state.version
    }
  }

  func html() -> String {
    state.withLock { state in
      if let html = state.html { return html }
      let html = state.renderer.render(state.report, cells: state.cells)
      state.html = html
      return html
    }
  }
}
