import Diagnostics

/// What each cell's body says, as far as it can be read.
extension Check {
  /// What the body of a cell came to.
  struct Reading {
    struct Variant {
      var planned: PlannedCell.Variant
      /// Paths of the keys whose values are not known: they could not be read, or wait for results.
      var unread: Set<String>
    }

    /// As in `PlannedCell`.
    var axes: [String]
    var variants: [Variant]
    /// Whether every key is one that the schema knows, and every entry of the body could be read.
    var isComplete: Bool
    /// Whether nothing is wrong with the keys that could be read.
    var isWhole: Bool

    var cells: [any Cell] { variants.map(\.planned.cell) }
  }

  /// - Returns: nil for a cell of no known kind.
  mutating func readBody(of source: CellSource, parameters: [String: Value]) -> Reading? {
    guard let type = cellTypes.first(where: { $0.name == source.kind }) else {
      diagnostics.append(
        .unknown(
          "cell", source.kind, among: cellTypes.map { $0.name } + [IncludeCell.name], .unknownCell,
          at: source.kindSpan))
      return nil
    }
    let body = filled(source, with: parameters)
    let sweep = Sweep(of: body, type.allowsSweep ? type.form : nil, &diagnostics)
    var isWhole = !body.isIncomplete
    let variants = sweep.combinations.map { combination in
      let reading = type.readCell(
        combination.body, called: source.kind, at: source.kindSpan, &diagnostics)
      isWhole = isWhole && reading.isWhole
      return Reading.Variant(
        planned: PlannedCell.Variant(
          address: combination.address, cell: reading.cell, body: combination.body),
        unread: reading.unread)
    }
    return Reading(
      axes: sweep.axes, variants: variants,
      isComplete: !body.isIncomplete && type.canBeRead(from: body), isWhole: isWhole)
  }

  /// The body with the expressions computed that depend on parameters alone.
  private mutating func filled(_ source: CellSource, with parameters: [String: Value]) -> YAMLNode {
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
    return source.body.replacing(replacements)
  }
}

extension Cell {
  fileprivate static func readCell(
    _ body: YAMLNode, called subject: String, at span: SourceSpan,
    _ diagnostics: inout [Diagnostic]
  ) -> (cell: any Cell, isWhole: Bool, unread: Set<String>) {
    let reading = read(body, called: subject, at: span, &diagnostics)
    return (reading.value, reading.isWhole, reading.unread)
  }

  /// Whether a body has the form that the cell's keys can be read from.
  fileprivate static func canBeRead(from body: YAMLNode) -> Bool {
    switch body.content {
    case .mapping: true
    case .sequence: listKey != nil
    case .scalar: body.isNull
    }
  }
}
