/// A computed value as a reader sees it: text, and what stands behind it.
public struct DisplayedValue: Hashable, Sendable {
  /// Where a figure comes from.
  public enum Origin: String, Hashable, Sendable {
    /// The engine measured or computed it on a model or text.
    case measured
    /// An expression made it from other values.
    case derived
    /// A figure of somebody else's report.
    case published
    /// A setting of the notebook: a parameter, a name, a literal.
    case given
  }

  /// What is printed, such as `33.42` or `∞`.
  public var text: String
  /// The standard error or spread, printed smaller beside the text; empty where there is none.
  public var error: String
  public var origin: Origin
  /// Why the value is not finite or not defined.
  public var cause: String?
  /// How it was made, for a tooltip or footnote, such as `measured: 12,299 tokens, window 1024`.
  public var note: String?
  /// What it was measured with: program, kernels, machine, date; nil where it was not.
  public var setting: String?
  /// The number itself, for alignment, comparison and charts; nil for texts.
  public var number: Double?
  /// What `number` and `standardError` count, which `text` may show in another unit.
  public var unit = Unit.none
  /// Standard error of `number`, whether it is printed or not; nil where it has none.
  public var standardError: Double?

  public init(
    text: String, error: String = "", origin: Origin = .measured, cause: String? = nil,
    note: String? = nil, number: Double? = nil
  ) {
    self.text = text
    self.error = error
    self.origin = origin
    self.cause = cause
    self.note = note
    self.number = number
  }
}
