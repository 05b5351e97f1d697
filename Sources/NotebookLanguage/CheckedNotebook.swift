public import Diagnostics

/// A notebook whose every cell, label, parameter and expression has been checked: ready to run.
public struct CheckedNotebook: Sendable {
  /// A cell with its typed form.
  public struct PlannedCell: Sendable {
    public let source: CellSource
    /// As far as it can be known before anything has run.
    public let cell: any Cell
    /// The cells that it needs, by number.
    public let inputs: [Int]

    /// Whether an expression in the body waits for another cell's result.
    public var isPending: Bool { source.body.isPending }
  }

  public let notebook: Notebook
  public let parameters: [String: Value]
  public let cells: [PlannedCell]
  /// Numbers of the cells, each after what it needs.
  public let order: [Int]
  /// What `@tbl-x`, `@fig-x` and `@sec-x` refer to, with the words that stand for them.
  public let references: [String: ReferenceTarget]
}

/// What a cross reference points to.
public struct ReferenceTarget: Hashable, Sendable {
  /// `Table`, `Figure` or `Section`.
  public var kind: String
  /// `1`, or for sections `2.1`.
  public var number: String
}

extension CheckedNotebook.PlannedCell {
  /// The body with its expressions computed, in a form that neither the order of keys, comments nor
  /// quoting change: for the cell's key.
  public func canonicalBody(in scope: ExpressionScope) -> String {
    var replacements: [Int: YAMLReplacement] = [:]
    for (place, expression) in source.expressions {
      replacements[place] = try? YAMLReplacement(
        expression.value(in: scope), at: expression.span)
    }
    return source.body.replacing(replacements).canonicalText
  }

  /// The cell with the expressions of its body computed.
  ///
  /// - Throws: mistakes in the expressions, or in the body that they give.
  public func resolved(in scope: ExpressionScope) throws(DiagnosticList) -> any Cell {
    guard isPending else { return cell }
    var replacements: [Int: YAMLReplacement] = [:]
    for (place, expression) in source.expressions {
      do throws(Diagnostic) {
        replacements[place] = try YAMLReplacement(
          expression.value(in: scope), at: expression.span)
      } catch {
        throw DiagnosticList([error])
      }
    }
    var diagnostics: [Diagnostic] = []
    let decoded = type(of: cell).decode(
      source.body.replacing(replacements), called: source.kind, at: source.kindSpan, &diagnostics)
    guard let decoded, diagnostics.isEmpty else { throw DiagnosticList(diagnostics) }
    return decoded
  }
}
