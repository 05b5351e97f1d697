public import Diagnostics

/// A cell with its typed form.
public struct PlannedCell: Sendable {
  /// One computation of a cell.
  public struct Variant: Sendable {
    /// Which of a sweep's values it is: one name for each axis; empty where there is no sweep.
    public let address: [String]
    /// As far as it can be known before anything has run.
    public let cell: any Cell
    let body: YAMLNode
  }

  public let source: CellSource
  /// The keys that a sweep ranges over, the outermost first; empty where there is none.
  public let axes: [String]
  /// One for each combination of the axes' values; a single one where there is no sweep.
  public let variants: [Variant]
  /// The cells that it needs, by number.
  public let inputs: [Int]

  /// - Parameter variants: at least one.
  init(source: CellSource, axes: [String], variants: [Variant], inputs: [Int]) {
    precondition(!variants.isEmpty)
    self.source = source
    self.axes = axes
    self.variants = variants
    self.inputs = inputs
  }

  /// The cell, or a sweep's first.
  public var cell: any Cell { variants[0].cell }

  /// The fields of its value, those of the cells that it names left open: for documentation.
  public var ownShape: Shape {
    .swept(
      over: axes, variants.map { ($0.address, $0.cell.shape(in: CheckScope())) })
  }

  /// A variant with the expressions of its body computed.
  ///
  /// - Throws: mistakes in the expressions, or in the body that they give.
  public func resolved(
    _ variant: Variant, in scope: ExpressionScope
  ) throws(DiagnosticList) -> any Cell {
    guard variant.body.isPending else { return variant.cell }
    let body = try variant.body.replacing(replacements(in: scope))
    var diagnostics: [Diagnostic] = []
    let decoded = type(of: variant.cell).decode(
      body, called: source.kind, at: source.kindSpan, &diagnostics)
    guard let decoded, diagnostics.isEmpty else { throw DiagnosticList(diagnostics) }
    return decoded
  }

  /// The body as a list of settings, `latency.prompt` and `128`: for the cell's key.
  ///
  /// - Throws: mistakes in the expressions of the body.
  public func settings(
    of variant: Variant, in scope: ExpressionScope
  ) throws(DiagnosticList) -> [Setting] {
    let body = try variant.body.replacing(replacements(in: scope))
    let type = type(of: variant.cell)
    let list = SettingList(
      body, type.form, labels: Set(variant.cell.labels.compactMap(\.span)))
    return list.settings.filter {
      !type.presentationKeys.contains(String($0.path.prefix { $0 != "." }))
    }
  }

  private func replacements(
    in scope: ExpressionScope
  ) throws(DiagnosticList) -> [Int: YAMLReplacement] {
    var replacements: [Int: YAMLReplacement] = [:]
    for (place, expression) in source.expressions {
      do throws(Diagnostic) {
        replacements[place] = try YAMLReplacement(
          expression.value(in: scope), at: expression.span)
      } catch {
        throw DiagnosticList([error])
      }
    }
    return replacements
  }
}
