public import Diagnostics
import Markdown

extension Notebook {
  /// Everything that can be wrong with the notebook without running it.
  ///
  /// - Parameters:
  ///   - cellTypes: the directives that there are.
  ///   - settings: values given to parameters; of two for one parameter the later counts.
  ///   - files: how files are looked at whose paths start at a folder, relative to the notebook's own;
  ///     nil where that is left to the run.
  /// - Throws: every mistake at once, those of form among them, in the order of their places.
  public func checked(
    cellTypes: [any Cell.Type], settings: [ParameterSetting] = [],
    files: ((_ folder: String) -> FileScope)? = nil
  ) throws(DiagnosticList) -> CheckedNotebook {
    var check = Check(notebook: self, cellTypes: cellTypes, files: files)
    return try check.run(settings: settings)
  }
}

private struct Check {
  /// What the body of a cell came to.
  private struct Reading {
    /// As in `PlannedCell`.
    var axes: [String]
    var variants: [PlannedCell.Variant]
    /// Whether nothing is wrong with it.
    var isWhole: Bool
    /// Whether every key that there is could be read: unknown ones take nothing from the others.
    var isCheckable: Bool

    var cells: [any Cell] { variants.map(\.cell) }
  }

  let notebook: Notebook
  let cellTypes: [any Cell.Type]
  let files: ((_ folder: String) -> FileScope)?
  var diagnostics: [Diagnostic] = []
  /// Number of the cell with each label.
  var labels: [String: Int] = [:]
  /// Number of the cell that each name of expressions belongs to, and the path in its value.
  var names: [String: (cell: Int, path: String)] = [:]

  init(
    notebook: Notebook, cellTypes: [any Cell.Type],
    files: ((_ folder: String) -> FileScope)?
  ) {
    self.notebook = notebook
    self.cellTypes = cellTypes
    self.files = files
    diagnostics = notebook.mistakes
  }

  mutating func run(settings: [ParameterSetting]) throws(DiagnosticList) -> CheckedNotebook {
    let parameters = readParameters(settings)
    readLabels()
    let readings = notebook.cells.map { decode($0, parameters: parameters) }
    readPublishedNames(readings)
    let inputs = notebook.cells.indices.map { findInputs(of: $0, cells: readings[$0]?.cells ?? []) }
    let order = DependencyGraph(inputs: inputs).order
    report(circle: order.circle)
    let names = findNames(readings, order: order.runnable, parameters: parameters)
    checkExpressions(readings, against: names)
    let references = readReferences()
    guard diagnostics.isEmpty else {
      throw DiagnosticList(diagnostics.sorted(files: notebook.fileNames))
    }
    let planned = zip(notebook.cells, zip(readings, inputs)).compactMap { source, rest in
      rest.0.map {
        PlannedCell(source: source, axes: $0.axes, variants: $0.variants, inputs: rest.1)
      }
    }
    return CheckedNotebook(
      notebook: notebook, parameters: parameters, cells: planned, order: order.runnable,
      references: references)
  }

  // MARK: - Parameters

  private mutating func readParameters(_ settings: [ParameterSetting]) -> [String: Value] {
    let declared = notebook.frontMatter.parameters.parameters
    var values = Dictionary(
      declared.map { ($0.name, $0.defaultValue) }, uniquingKeysWith: { $1 })
    for setting in settings {
      guard let parameter = declared.first(where: { $0.name == setting.name }) else {
        diagnostics.append(unknown(setting, among: declared))
        continue
      }
      do throws(Diagnostic) {
        values[setting.name] = try parameter.value(of: setting.text, at: setting.textSpan)
      } catch {
        diagnostics.append(error)
      }
    }
    return values
  }

  private func unknown(_ setting: ParameterSetting, among declared: [Parameter]) -> Diagnostic {
    let near = nearestNames(to: setting.name, among: declared.map(\.name)).first
    let names = declared.map(\.name).joined(separator: ", ")
    let note =
      declared.first.map {
        Diagnostic.Note("parameters are declared here: \(names)", at: $0.span)
      } ?? Diagnostic.Note("\(notebook.source.file.name) declares no parameters")
    return Diagnostic(
      .unknownParameter, "no parameter is named '\(setting.name)'", at: setting.nameSpan,
      notes: [note],
      help: near.map {
        setting.nameSpan == nil
          ? "did you mean -P \($0)=\(setting.text)?" : "did you mean '\($0)'?"
      })
  }

  // MARK: - Cells

  private mutating func readLabels() {
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
        diagnostics.append(
          Diagnostic(
            .duplicateLabel, "labels must be unique; '\(label.value)' is taken", at: label.span,
            notes: [
              Diagnostic.Note("first used here", at: notebook.cells[first].options.label?.span)
            ]))
        continue
      }
      labels[label.value] = index
      names[label.value.replacing("-", with: "_")] = (index, "")
      checkCaption(source, label: label.value, at: label.span)
    }
  }

  private mutating func checkCaption(_ source: CellSource, label: String?, at span: SourceSpan?) {
    let wanted: (kind: String, prefix: String, caption: String)
    switch source.kind {
    case "plot-table": wanted = ("table", "tbl-", "tbl-cap")
    case "plot": wanted = ("figure", "fig-", "fig-cap")
    default:
      if let caption = source.options.tableCaption ?? source.options.figureCaption {
        diagnostics.append(
          Diagnostic(
            .misplacedCaption, "a \(source.kind) cell shows nothing that could have a caption",
            at: caption.span))
      }
      return
    }
    let wrong =
      wanted.kind == "table" ? source.options.figureCaption : source.options.tableCaption
    if let wrong {
      diagnostics.append(
        Diagnostic(
          .misplacedCaption, "the caption of a \(wanted.kind) is '\(wanted.caption)'",
          at: wrong.span))
    }
    if let label, !label.hasPrefix(wanted.prefix),
      ["tbl-", "fig-", "sec-"].contains(where: label.hasPrefix)
    {
      diagnostics.append(
        Diagnostic(
          .misplacedCaption, "the label of a \(wanted.kind) starts with '\(wanted.prefix)'",
          at: span,
          help: "rename it to '\(wanted.prefix)\(label.dropFirst(4))'"))
    }
  }

  private mutating func decode(_ source: CellSource, parameters: [String: Value]) -> Reading? {
    guard let type = cellTypes.first(where: { $0.name == source.kind }) else {
      diagnostics.append(
        .unknown(
          "cell", source.kind, among: cellTypes.map { $0.name } + [IncludeCell.name], .unknownCell,
          at: source.kindSpan))
      return nil
    }
    let scope = ExpressionScope(["params": Self.record(parameters)])
    var replacements: [Int: YAMLReplacement] = [:]
    for (place, expression) in source.expressions where expression.isConstant {
      do throws(Diagnostic) {
        replacements[place] = try YAMLReplacement(
          expression.value(in: scope), at: expression.span)
      } catch {
        // A parameter that could not be read has been reported.
        if !notebook.frontMatter.parameters.isIncomplete { diagnostics.append(error) }
      }
    }
    let body = source.body.replacing(replacements)
    let before = diagnostics.count
    let sweep = Sweep(of: body, type.allowsSweep ? type.form : nil, &diagnostics)
    var isWhole = true
    let variants = sweep.combinations.map { combination in
      let reading = type.readCell(
        combination.body, called: source.kind, at: source.kindSpan, &diagnostics)
      isWhole = isWhole && reading.isWhole
      return PlannedCell.Variant(
        address: combination.address, cell: reading.cell, body: combination.body)
    }
    let isCheckable = diagnostics[before...].allSatisfy { mistake in
      mistake.code == .unknownKey && mistake.span.map { body.hasKey(at: $0) } == true
    }
    return Reading(
      axes: sweep.axes, variants: variants, isWhole: isWhole,
      isCheckable: isCheckable && !body.isIncomplete)
  }

  static func record(_ values: [String: Value]) -> Value {
    var record = Record()
    for name in values.keys.sorted() { record[name] = values[name] }
    return .record(record)
  }

  private mutating func readPublishedNames(_ readings: [Reading?]) {
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

  // MARK: - Graph

  private mutating func findInputs(of index: Int, cells: [any Cell]) -> [Int] {
    var inputs: Set<Int> = []
    for label in cells.flatMap(\.labels) {
      guard let target = labels[label.text] else {
        if notebook.isPartial { continue }
        let help = suggestion(for: label)
        diagnostics.append(
          Diagnostic(
            .unknownLabel, "no cell is labelled '\(label.text)'", at: label.span, help: help))
        continue
      }
      let kind = notebook.cells[target].kind
      if !label.kinds.isEmpty, !label.kinds.contains(kind) {
        diagnostics.append(
          Diagnostic(
            .wrongKindOfLabel,
            "'\(label.text)' is a \(kind) cell; a \(label.kinds.joined(separator: " or ")) cell is "
              + "needed here", at: label.span,
            notes: [
              Diagnostic.Note("it is defined here", at: notebook.cells[target].kindSpan)
            ]))
        continue
      }
      inputs.insert(target)
    }
    let expressions = Array(notebook.cells[index].expressions.values)
    for expression in expressions + cells.flatMap(\.expressions) {
      for step in expression.rootNames {
        if let target = names[step.name] { inputs.insert(target.cell) }
      }
    }
    return inputs.sorted()
  }

  /// Labels of the kinds that fit, before those of any kind.
  private func suggestion(for label: AnyLabel) -> String? {
    let known = labels.keys.sorted()
    let fitting = known.filter { name in
      guard let index = labels[name] else { return false }
      return label.kinds.isEmpty || label.kinds.contains(notebook.cells[index].kind)
    }
    guard let near = nearestNames(to: label.text, among: fitting).first, let index = labels[near]
    else { return Diagnostic.suggestion(for: label.text, among: fitting.isEmpty ? known : fitting) }
    let cell = notebook.cells[index]
    return "did you mean '\(near)' (a \(cell.kind) cell, line \(cell.kindSpan.line))?"
  }

  private mutating func report(circle: [Int]) {
    guard let first = circle.first else { return }
    let path = (circle + [first]).map { notebook.cells[$0].description }
    diagnostics.append(
      Diagnostic(
        .circularDependency,
        "cells depend on each other in a circle: " + path.joined(separator: " → "),
        at: notebook.cells[first].options.label?.span ?? notebook.cells[first].kindSpan))
  }

  // MARK: - Expressions

  private mutating func findNames(
    _ readings: [Reading?], order: [Int], parameters: [String: Value]
  ) -> KnownNames {
    var byLabel: [String: Shape] = [:]
    var byCell: [Int: Shape] = [:]
    var known: [String: (cell: any Cell, folder: String?)] = [:]
    for index in order {
      guard let reading = readings[index] else { continue }
      let scope = CheckScope(shapes: byLabel, cells: known)
      let isPending = notebook.cells[index].expressions.values.contains { !$0.isConstant }
      let isKnown = reading.isWhole && !isPending
      for cell in reading.cells where reading.isCheckable && !isPending {
        // What is missing may be what an unknown key was meant for.
        let mistakes = cell.check(in: scope).filter { isKnown || $0.code != .missingKey }
        diagnostics += mistakes.isEmpty ? missingFiles(of: cell, index) : mistakes
      }
      let shape = Shape.swept(
        over: reading.axes,
        reading.variants.map { ($0.address, isKnown ? $0.cell.shape(in: scope) : .open) })
      byCell[index] = shape
      guard let label = notebook.cells[index].label else { continue }
      byLabel[label] = shape
      if isKnown, reading.cells.count == 1, let cell = reading.cells.first {
        known[label] = (cell, files?(notebook.cells[index].folder).folder)
      }
    }
    var shapes = names.mapValues { name in
      let axes = readings[name.cell]?.axes.count ?? 0
      return byCell[name.cell]?.belowAxes(axes, path: name.path) ?? .open
    }
    let isComplete = !notebook.frontMatter.parameters.isIncomplete
    shapes["params"] = isComplete ? .leaves(parameters.keys.sorted()) : .open
    return KnownNames(
      shapes: shapes, parameters: ExpressionScope(["params": Self.record(parameters)]),
      areIncomplete: notebook.isPartial)
  }

  private func missingFiles(of cell: any Cell, _ index: Int) -> [Diagnostic] {
    guard let files else { return [] }
    do { _ = try cell.files(in: files(notebook.cells[index].folder)) } catch {
      return (error as? Diagnostic).map { [$0] } ?? []
    }
    return []
  }

  private mutating func checkExpressions(_ readings: [Reading?], against names: KnownNames) {
    let expressions =
      Array(notebook.expressions.values) + notebook.cells.flatMap(\.expressions.values)
      + readings.flatMap { $0?.cells ?? [] }.flatMap(\.expressions)
    for expression in expressions { diagnostics += expression.check(against: names) }
    for expression in notebook.expressions.values {
      diagnostics += expression.checkShown(against: names)
    }
  }

  // MARK: - Cross references

  /// Numbers the tables, figures and labelled sections, and reports references to none of them.
  private mutating func readReferences() -> [String: ReferenceTarget] {
    var targets: [String: ReferenceTarget] = [:]
    var counts: [String: Int] = [:]
    for source in notebook.cells {
      guard let label = source.label else { continue }
      for (prefix, kind) in [("tbl-", "Table"), ("fig-", "Figure")] where label.hasPrefix(prefix) {
        counts[kind, default: 0] += 1
        targets[label] = ReferenceTarget(kind: kind, number: String(counts[kind] ?? 0))
      }
    }
    for (identifier, number) in SectionNumbers.identified(in: notebook.blocks) {
      targets[identifier] = ReferenceTarget(kind: "Section", number: number)
    }
    guard !notebook.isPartial else { return targets }
    // Beyond a thousand mistakes nobody reads on.
    let unresolved = notebook.references.lazy.filter { targets[$0.label] == nil }.prefix(1000)
    for reference in unresolved {
      let known = targets.keys.sorted()
      let near = nearestNames(to: reference.label, among: known).first
      diagnostics.append(
        Diagnostic(
          .unresolvedReference, "@\(reference.label) refers to nothing", at: reference.span,
          help: near.map { "did you mean @\($0)?" }
            ?? (known.isEmpty ? nil : "known: " + known.map { "@\($0)" }.joined(separator: ", "))))
    }
    return targets
  }
}

extension YAMLNode {
  /// Whether a key of this mapping stands there.
  fileprivate func hasKey(at span: SourceSpan) -> Bool {
    guard case .mapping(let pairs) = content else { return false }
    return pairs.contains { $0.key.span == span }
  }
}

extension Cell {
  fileprivate static func readCell(
    _ body: YAMLNode, called subject: String, at span: SourceSpan,
    _ diagnostics: inout [Diagnostic]
  ) -> (cell: any Cell, isWhole: Bool) {
    let reading = read(body, called: subject, at: span, &diagnostics)
    return (reading.value, reading.isWhole)
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

extension [Diagnostic] {
  /// In the order of their places in the notebook and then in what it includes, each once; those without
  /// a place there come first.
  fileprivate func sorted(files: [String]) -> Self {
    var seen: Set<Diagnostic> = []
    let once = filter { seen.insert($0).inserted }
    let keys = once.enumerated().map { offset, diagnostic -> (Int, Int, Int) in
      let span = diagnostic.span
      let file = span.flatMap { files.firstIndex(of: $0.file.name) } ?? -1
      return (file, span?.range.lowerBound ?? -1, offset)
    }
    return once.indices.sorted { keys[$0] < keys[$1] }.map { once[$0] }
  }
}
