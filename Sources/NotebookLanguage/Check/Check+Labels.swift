import Diagnostics

/// Names of cells and of parts of their values, each once, and captions that fit.
extension Check {
  mutating func readLabels() {
    for (index, source) in notebook.cells.enumerated() {
      guard let label = source.options.label else {
        if let caption = source.options.tableCaption ?? source.options.figureCaption {
          checkCaption(source, label: nil, at: caption.span)
        }
        continue
      }
      if !label.value.isLabel {
        diagnostics.append(
          Diagnostic(
            .invalidLabel, "'\(label.value)' cannot be a label", at: label.span,
            help: "a label starts with a letter and has letters, digits and hyphens"))
      } else if label.value.isWordOfExpressions {
        diagnostics.append(
          Diagnostic(
            .invalidLabel, "'\(label.value)' cannot be a label: it is a word of expressions",
            at: label.span))
      }
      if let first = labels[label.value] {
        let place = notebook.cells[first].options.label?.span
        let isSamePlace = place == label.span
        diagnostics.append(
          Diagnostic(
            .duplicateLabel, "labels must be unique; '\(label.value)' is taken", at: label.span,
            notes: [
              isSamePlace
                ? Diagnostic.Note("this notebook is included more than once")
                : Diagnostic.Note("first used here", at: place)
            ]))
        continue
      }
      labels[label.value] = index
      if !label.value.isWordOfExpressions {
        names[label.value.replacing("-", with: "_")] = (index, "")
      }
      checkCaption(source, label: label.value, at: label.span)
    }
  }

  private mutating func checkCaption(_ source: CellSource, label: String?, at span: SourceSpan?) {
    guard let wanted = captionKind(ofCell: source.kind) else {
      if let caption = source.options.tableCaption ?? source.options.figureCaption {
        diagnostics.append(
          Diagnostic(
            .misplacedCaption, "a \(source.kind) cell shows nothing that could have a caption",
            at: caption.span))
      }
      if let label, let kind = CaptionKind.allCases.first(where: { label.hasPrefix($0.prefix) }) {
        let cells = cellTypes.filter { $0.captionKind == kind }.map { $0.name }
        diagnostics.append(
          Diagnostic(
            .misplacedCaption,
            "the label of a \(source.kind) cell cannot start with '\(kind.prefix)': that is for "
              + "\(cells.joined(separator: " and ")) cells, which references can name", at: span,
            help: "rename it to '\(label.dropFirst(kind.prefix.count))'"))
      }
      return
    }
    let name = wanted.title.lowercased()
    let wrong =
      wanted == .table ? source.options.figureCaption : source.options.tableCaption
    if let wrong {
      diagnostics.append(
        Diagnostic(
          .misplacedCaption, "the caption of a \(name) is '\(wanted.option)'", at: wrong.span))
    }
    if let label, !label.hasPrefix(wanted.prefix),
      let prefix = (CaptionKind.allCases.map(\.prefix) + ["sec-"]).first(where: label.hasPrefix)
    {
      diagnostics.append(
        Diagnostic(
          .misplacedCaption, "the label of a \(name) starts with '\(wanted.prefix)'", at: span,
          help: "rename it to '\(wanted.prefix)\(label.dropFirst(prefix.count))'"))
    }
  }

  /// What cells of a directive show under captions; nil for none, or for a directive that there is not.
  func captionKind(ofCell directive: String) -> CaptionKind? {
    cellTypes.first { $0.name == directive }?.captionKind
  }

  mutating func readPublishedNames(_ readings: [Reading?]) {
    for (index, reading) in readings.enumerated() {
      for published in reading?.cells.first?.publishedNames ?? [] {
        guard published.name.isName, !published.name.isWordOfExpressions else {
          diagnostics.append(
            Diagnostic(
              .invalidLabel, "'\(published.name)' cannot be a name in expressions",
              at: published.span,
              help: "a name starts with a letter and has letters, digits and _"))
          continue
        }
        if let taken = names[published.name] {
          diagnostics.append(
            Diagnostic(
              .duplicateLabel, "the name '\(published.name)' is taken", at: published.span,
              notes: [
                Diagnostic.Note(
                  "it stands for this cell",
                  at: notebook.cells[taken.cell].options.label?.span
                    ?? notebook.cells[taken.cell].kindSpan)
              ]))
        } else {
          names[published.name] = (index, published.path)
        }
      }
    }
  }
}

extension String {
  /// Whether the word means something in expressions, so that no cell can be called by it.
  fileprivate var isWordOfExpressions: Bool {
    ["params", "and", "or", "not", "if", "else", "true", "false"].contains(self)
  }

  /// `[A-Za-z][A-Za-z0-9_]*`
  fileprivate var isName: Bool { replacing("_", with: "-").isLabel && !contains("-") }

  /// `[A-Za-z][A-Za-z0-9-]*`, after knitr and Quarto.
  fileprivate var isLabel: Bool {
    guard let first = unicodeScalars.first, first.isASCII, first.properties.isAlphabetic else {
      return false
    }
    return unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "-")
    }
  }
}
