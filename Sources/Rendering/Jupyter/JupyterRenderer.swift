import Diagnostics
import Foundation
import Markdown
public import NotebookLanguage

/// Renders a report as a Jupyter notebook: prose in Markdown cells, and a code cell for each thing that a
/// cell shows, with the output as HTML and as Markdown.
///
/// The cells have names of their own that stay from run to run. There is no kernel: nothing in it is to be
/// run again. Reference: nbformat 4.5, https://nbformat.readthedocs.io/en/latest/format_description.html.
public struct JupyterRenderer: Sendable {
  public init() {}

  /// The notebook's JSON.
  public func render(_ report: Report) -> String {
    var writer = JupyterWriter(report)
    return writer.write().indented + "\n"
  }
}

private struct JupyterWriter {
  private let report: Report
  private var markdown: GFMWriter
  private var cells: [JSONDocument] = []
  /// Blocks of the Markdown cell that is being written.
  private var parts: [String] = []
  private var section = "head"
  private var taken: Set<String> = []

  init(_ report: Report) {
    self.report = report
    markdown = GFMWriter(report: report, place: .jupyterCell)
  }

  mutating func write() -> JSONDocument {
    parts = [markdown.head]
    let referencesHeading = report.referencesHeading
    for (index, block) in report.blocks.enumerated() {
      switch block.kind {
      case .placeholder(let index) where report.outputs.indices.contains(index):
        let outputs = report.outputs[index]
        if !outputs.isEmpty { endText() }
        write(outputs)
      case .heading(_, let content, let identifier):
        endText()
        section = identifier ?? PlainText.of(content)
        parts.append(markdown.block(block, isTopLevel: true))
        if index == referencesHeading { parts.append(markdown.references) }
      default: parts.append(markdown.block(block, isTopLevel: true))
      }
    }
    endText()
    let references = referencesHeading == nil ? markdown.references : ""
    for (name, text) in [("references", references), ("provenance", markdown.provenance)] {
      section = name
      parts.append(text)
      endText()
    }
    section = "notes"
    let notes = markdown.noteList
    parts.append(notes.isEmpty ? "" : "## Notes\n\n" + notes)
    endText()
    return [
      "cells": .array(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5,
    ]
  }

  private var metadata: JSONDocument {
    [
      "authors": .array(report.authors.map { ["name": .string($0)] }),
      "language_info": ["name": "yaml"],
      "title": .string(report.plain(report.title)),
    ]
  }

  // MARK: - Cells

  private mutating func endText() {
    let text = parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    parts = []
    guard !text.isEmpty else { return }
    var members: [(name: String, value: JSONDocument)] = []
    let pictures = markdown.text.files.takeAttachments()
    if !pictures.isEmpty {
      let attachments = pictures.map { name, picture in
        (
          name: name,
          value: JSONDocument.object([
            (
              name: picture.kind.mediaType,
              value: .string(Data(picture.bytes).base64EncodedString())
            )
          ])
        )
      }
      members.append((name: "attachments", value: .object(attachments)))
    }
    members += [
      (name: "cell_type", value: "markdown"), (name: "id", value: .string(name(section))),
      (name: "metadata", value: .object([])), (name: "source", value: Self.lines(of: text)),
    ]
    cells.append(.object(members))
  }

  /// What one cell of ours shows: its own text is the code, where it is shown.
  private mutating func write(_ outputs: [Report.Output]) {
    guard !outputs.isEmpty else { return }
    var code = ""
    var shown: [JSONDocument] = []
    var label: String?
    for output in outputs {
      switch output {
      case .listing(_, let text, _): code = text.withVisibleControls
      case .table(_, let caption), .chart(_, let caption):
        label = label ?? caption.identifier
        shown.append(display(output))
      case .failure, .remark: shown.append(display(output))
      }
    }
    cells.append([
      "cell_type": "code", "execution_count": .null,
      "id": .string(name(label ?? "\(section)-output")),
      "metadata": code.isEmpty ? ["jupyter": ["source_hidden": true]] : .object([]),
      "outputs": .array(shown), "source": Self.lines(of: code),
    ])
  }

  private mutating func display(_ output: Report.Output) -> JSONDocument {
    var data: [(name: String, value: JSONDocument)] = [
      (name: "text/html", value: Self.lines(of: html(output))),
      (name: "text/markdown", value: Self.lines(of: markdown.output(output))),
    ]
    if case .chart(let chart, let caption) = output {
      let title = report.plain(caption.text)
      let svg = ChartSVG(chart).standalone(
        title: title, description: caption.alternative ?? title)
      data.insert((name: "image/svg+xml", value: Self.lines(of: svg)), at: 0)
    }
    return ["output_type": "display_data", "data": .object(data), "metadata": .object([])]
  }

  // MARK: - HTML

  /// HTML that needs no style of ours.
  private func html(_ output: Report.Output) -> String {
    switch output {
    case .table(let table, let caption):
      let written = GFMResultTable(table)
      let remarks = table.notes + [written.published].compactMap(\.self)
      let notes =
        remarks.isEmpty
        ? "" : "\n<p><small>\(Escaping.text(remarks.joined(separator: " ")))</small></p>"
      let whole = heading("Table", caption) + written.html + notes
      guard let summary = table.summary else { return whole }
      return "<details><summary>\(Escaping.text(summary))</summary>\n\(whole)\n</details>"
    case .chart(let chart, let caption):
      let title = report.plain(caption.text)
      let identifier = caption.identifier ?? "figure-\(cells.count)"
      return "<figure>\n"
        + ChartSVG(chart).inline(
          identifier: identifier, title: title, description: caption.alternative ?? title)
        + "\n</figure>\n" + heading("Figure", caption)
    case .failure(let failure):
      let place = failure.place.map { " (<code>\(Escaping.text($0))</code>)" } ?? ""
      return "<p><strong>\(Escaping.text(failure.cell))</strong>: "
        + "\(Escaping.text(failure.message))\(place)</p>"
        + (failure.help.map { "<p>Help: \(Escaping.text($0))</p>" } ?? "")
    case .remark(let text): return "<p>\(Escaping.text(text))</p>"
    case .listing(_, let text, _): return "<pre>\(Escaping.text(text.withVisibleControls))</pre>"
    }
  }

  private func heading(_ kind: String, _ caption: Report.Caption) -> String {
    guard caption.number != nil || !caption.text.isEmpty else { return "" }
    return "<p><strong>\(caption.title(of: kind))</strong> "
      + "\(Escaping.text(report.plain(caption.text)))</p>\n"
  }

  // MARK: - Names and lines

  /// An id that no other cell has: letters, digits, hyphens, at most 64.
  private mutating func name(_ text: String) -> String {
    let kept = text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    let slug = String(kept.prefix(48))
    var candidate = slug.contains { $0 != "-" } ? slug : "section"
    var count = 1
    while !taken.insert(candidate).inserted {
      count += 1
      candidate = "\(slug)-\(count)"
    }
    return candidate
  }

  /// A text as Jupyter keeps it: a list of lines with their ends.
  private static func lines(of text: String) -> JSONDocument {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let ended =
      lines.dropLast().map { $0 + "\n" } + lines.suffix(1).filter { !$0.isEmpty }.map(String.init)
    return .array(ended.map { .string(String($0)) })
  }
}
