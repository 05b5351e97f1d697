public import Diagnostics

/// Whether a cell's value in the committed results is what a run would give, and if not, why.
public struct CellStatus: Sendable {
  /// Number of the cell.
  public var index: Int
  /// Which of a sweep's values it is; empty for a cell that is not swept.
  public var address: [String]
  /// Label, or kind and number, and the address.
  public var cell: String
  public var kind: String
  /// Why the committed value is stale; empty where it is fresh.
  public var reasons: [String]
  /// Whether the value that a run would give is in the cache.
  public var isCached: Bool
  /// How long computing took, as far as it is known, in seconds.
  public var seconds: Double?
  /// What the value depends on; nil where that hangs on a value that is not there.
  public var key: ValueKey?

  /// Where the cell stands.
  public var span: SourceSpan?
  /// What of the machine is not as it was when the committed value was measured; nil where nothing is.
  public var otherMachine: String?

  public var isFresh: Bool { reasons.isEmpty }
}
