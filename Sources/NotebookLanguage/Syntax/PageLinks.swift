import Diagnostics
import Foundation
import InputLimits
import Markdown

/// `[text](#anchor)`: a link to a place of the report itself.
struct PageLink: Hashable {
  /// Without its `#`.
  var anchor: String
  var span: SourceSpan?

  /// The links in some blocks, in order. Those whose anchor waits for a result are left out.
  static func all(in blocks: [Block], of source: NotebookSource) -> [Self] {
    let most = Limit.links.value
    var found: [Self] = []
    for block in blocks {
      block.forEachRunningText { content, lines in
        content.forEachLink { target in
          guard found.count < most, target.hasPrefix("#"), target.count > 1,
            !target.contains(Placeholders.opening)
          else { return }
          let anchor = String(target.dropFirst())
          found.append(
            Self(
              anchor: anchor.removingPercentEncoding ?? anchor,
              span: source.firstSpan(of: target, inLines: lines)))
        }
      }
    }
    return found
  }
}

/// The places of a report that are known without its results: headings, and elements of raw HTML.
struct PageAnchors {
  private(set) var names: Set<String> = []
  /// Whether a heading or an element is called by what only a run can tell.
  private(set) var areIncomplete = false
  private var headings = HeadingAnchors()
  private var headingCount = 0
  private var htmlBytes = 0
  /// With more headings or more raw HTML nothing is looked up.
  private let mostHeadings = Limit.headings.value
  private static let mostHTML = 1 << 20

  mutating func add(_ blocks: [Block]) {
    for block in blocks {
      switch block.kind {
      case .heading(_, let content, let identifier):
        headingCount += 1
        guard headingCount <= mostHeadings else {
          areIncomplete = true
          return
        }
        names.insert(identifier ?? headings.anchor(for: PlainText.of(content)))
        if content.containsPlaceholder { areIncomplete = true }
        content.forEachHTML { add(html: $0) }
      case .paragraph(let content): content.forEachHTML { add(html: $0) }
      case .blockQuote(let blocks), .callout(_, let blocks), .footnoteDefinition(_, let blocks):
        add(blocks)
      case .list(let list): for item in list.items { add(item.content) }
      case .table(let table):
        for cell in table.header + table.rows.joined() { cell.forEachHTML { add(html: $0) } }
      case .html(let html): add(html: html)
      case .codeBlock, .thematicBreak, .placeholder: break
      }
    }
  }

  /// `id` and `name` of the elements. What only looks like one keeps a warning away, no more.
  private mutating func add(html: String) {
    htmlBytes += html.utf8.count
    guard htmlBytes <= Self.mostHTML else {
      areIncomplete = true
      return
    }
    for match in html.matches(of: /(?i)\b(?:id|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/) {
      let name = String(match.1 ?? match.2 ?? match.3 ?? "")
      if name.contains(Placeholders.opening) { areIncomplete = true }
      names.insert(name)
    }
  }
}

extension [Inline] {
  /// Calls `body` with the destination of each link.
  fileprivate func forEachLink(_ body: (String) -> Void) {
    for inline in self {
      if case .link(let destination, _, _) = inline { body(destination) }
      inline.content.forEachLink(body)
    }
  }

  /// Calls `body` with each piece of raw HTML.
  fileprivate func forEachHTML(_ body: (String) -> Void) {
    for inline in self {
      if case .html(let html) = inline { body(html) }
      inline.content.forEachHTML(body)
    }
  }

  fileprivate var containsPlaceholder: Bool {
    contains { inline in
      switch inline {
      case .placeholder: true
      case .formula(let source, _), .code(let source), .html(let source):
        source.contains(Placeholders.opening)
      default: inline.content.containsPlaceholder
      }
    }
  }
}

extension Inline {
  /// What it encloses.
  fileprivate var content: [Inline] {
    switch self {
    case .emphasis(let content), .strong(let content), .strikethrough(let content),
      .link(_, _, let content), .image(_, _, let content):
      content
    default: []
    }
  }
}
