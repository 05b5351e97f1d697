internal import CKernels

/// Keys and values of the positions that a model has read, for every layer, in Float32.
///
/// The layout is the attention kernel's own. Memory is 2 × layers × capacity × width × 4 bytes,
/// taken from the system page by page as positions fill.
public final class KeyValueCache {
  public let layers: Int
  public let heads: Int
  /// Components of one head.
  public let headWidth: Int
  /// Positions that fit.
  public let capacity: Int
  /// Positions that every layer holds.
  public private(set) var count = 0

  private let paddedCapacity: Int
  private let valueWidth: Int
  private let memory: LargeMemory

  /// An empty cache. Sizes must be positive and their product in memory's reach; a model's
  /// configuration is checked for that when it is read.
  ///
  /// - Throws: `OutOfMemory`.
  public init(layers: Int, heads: Int, headWidth: Int, capacity: Int) throws(OutOfMemory) {
    precondition(layers > 0 && heads > 0 && headWidth > 0 && capacity > 0)
    self.layers = layers
    self.heads = heads
    self.headWidth = headWidth
    self.capacity = capacity
    paddedCapacity = (capacity + 15) / 16 * 16
    valueWidth = (headWidth + 7) / 8 * 8
    let floats = layers * heads * paddedCapacity * (headWidth + valueWidth)
    memory = try LargeMemory(
      byteCount: floats * MemoryLayout<Float>.stride, hugePages: false)
  }

  /// Counts positions that every layer's attention has appended.
  public func advance(by positions: Int) {
    precondition(positions >= 0 && count + positions <= capacity)
    count += positions
  }

  /// Forgets all positions from `position` on.
  public func truncate(to position: Int) {
    precondition((0...count).contains(position))
    count = position
  }

  /// Forgets all positions.
  public func reset() { count = 0 }

  /// Bytes of address space that the cache takes.
  public var bytes: Int { layers * heads * paddedCapacity * (headWidth + valueWidth) * 4 }

  func layer(_ index: Int) -> qb_layer_cache {
    precondition((0..<layers).contains(index))
    let keyCount = heads * paddedCapacity * headWidth
    let valueCount = heads * paddedCapacity * valueWidth
    let start =
      memory.start.assumingMemoryBound(to: Float.self) + index * (keyCount + valueCount)
    return qb_layer_cache(
      keys: start, values: start + keyCount, heads: heads, head_width: headWidth,
      value_width: valueWidth, capacity: paddedCapacity)
  }
}
