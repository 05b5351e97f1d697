/// A formula as a tree: what TeX's notation says, free of how it is drawn.
///
/// Reference: the names follow MathML Core (https://www.w3.org/TR/mathml-core), to which every case
/// has a counterpart.
public indirect enum Formula: Hashable, Sendable {
  /// Parts side by side.
  case row([Formula])
  /// A name: one letter, slanted, or a word such as `log`, upright.
  case identifier(String, isUpright: Bool)
  case number(String)
  case symbol(Symbol)
  /// A computed value stands here; the reader of the tree knows which by its number.
  case value(Int)
  /// Words within a formula.
  case text(String)
  /// Width in em; negative moves back.
  case space(Double)
  /// `hasLine` is false within a binomial coefficient.
  case fraction(over: Formula, under: Formula, hasLine: Bool)
  case root(Formula, index: Formula?)
  /// `isLimits` asks for the scripts above and below the base instead of beside it, as of a sum set
  /// on a line of its own.
  case scripts(Formula, lower: Formula?, upper: Formula?, isLimits: Bool)
  /// A mark such as a hat, a bar or a brace; `isWide` marks stretch over the whole base.
  case mark(Formula, String, isAbove: Bool, isWide: Bool)
  /// Something set above or below, smaller, as `overset` does.
  case stack(Formula, above: Formula?, below: Formula?)
  /// Delimiters that grow with what they hold; an empty one is not drawn.
  case fenced(open: String, Formula, close: String)
  case table(Table)
  /// `isDisplay` sets sums and fractions as on a line of their own.
  case style(Formula, isDisplay: Bool)
  /// Takes its room but is not drawn.
  case phantom(Formula)

  /// An operator, relation, delimiter or sign of punctuation.
  public struct Symbol: Hashable, Sendable {
    public var text: String
    /// Whether its scripts stand above and below it on a line of its own, as those of a sum do.
    public var takesLimits = false
    /// Height in em for a delimiter of a size that the author chose; nil for its own.
    public var height: Double?
    /// Whether it may grow with what stands beside it.
    public var isStretchy = false
  }

  /// Rows of cells: a matrix, cases or aligned equations.
  public struct Table: Hashable, Sendable {
    public enum Alignment: String, Hashable, Sendable { case left, center, right }

    public var rows: [[Formula]]
    /// Repeated for further columns.
    public var alignments: [Alignment]
    /// Whether its cells are set as on a line of their own.
    public var isDisplay: Bool
  }
}

/// Why a formula cannot be read.
public struct FormulaError: Error, Hashable, Sendable {
  /// What is wrong, in words that name the part of the formula.
  public var message: String
  /// Where, as offsets of Unicode scalars in the formula.
  public var range: Range<Int>
  /// A command or environment that is not known, without its backslash; nil for other mistakes.
  public var unknownName: String?
}
