internal import CKernels
internal import Synchronization

/// Memory of zeros in huge pages where the system has them: weights and activations, which kernels
/// read in long runs.
///
/// Shared blocks of up to 16 MiB are cut one after the other from slabs of 32 MiB, so that small
/// tensors of one model lie in huge pages too. A slab is given back when its last block is; so blocks
/// that come and go are better not shared. Pages are taken from the system as they are first written.
public final class LargeMemory: @unchecked Sendable {
  // @unchecked: whoever makes one fills it before anybody else sees it, each task its own part.

  /// 64-byte aligned.
  public let start: UnsafeMutableRawPointer
  public let byteCount: Int
  private let slab: Slab

  /// Whether so much memory could be mapped now. Nothing of it is touched.
  public static func isAvailable(byteCount: Int) -> Bool {
    guard let start = qb_map(byteCount, false) else { return false }
    qb_unmap(start, byteCount)
    return true
  }

  /// - Precondition: `byteCount` is not negative.
  /// - Parameter hugePages: false for memory of which only scattered parts may ever be written.
  /// - Throws: `OutOfMemory` where the system refuses it: so much is not there, or a limit on the
  ///   process is met.
  public init(
    byteCount: Int, isShared: Bool = false, hugePages: Bool = true
  ) throws(OutOfMemory) {
    precondition(byteCount >= 0)
    guard byteCount <= Int.max - 63 else { throw OutOfMemory(byteCount: byteCount) }
    let size = (max(byteCount, 1) + 63) / 64 * 64
    let (slab, offset) =
      isShared && size <= Slab.sharedSize / 2
      ? try Self.place(size) : (try Slab(byteCount: size, hugePages: hugePages), 0)
    self.slab = slab
    self.byteCount = byteCount
    start = slab.start + offset
  }

  /// The slab that blocks are cut from now, kept alive by them alone.
  private struct Current {
    weak var slab: Slab?
    var used = 0
  }

  private static let current = Mutex(Current())

  private static func place(_ size: Int) throws(OutOfMemory) -> (slab: Slab, offset: Int) {
    try current.withLock { (current) throws(OutOfMemory) in
      if let slab = current.slab, current.used + size <= slab.byteCount {
        defer { current.used += size }
        return (slab, current.used)
      }
      let slab = try Slab(byteCount: Slab.sharedSize, hugePages: true)
      current.slab = slab
      current.used = size
      return (slab, 0)
    }
  }

  /// One mapping.
  private final class Slab: @unchecked Sendable {
    static let sharedSize = 32 << 20
    let start: UnsafeMutableRawPointer
    let byteCount: Int

    init(byteCount: Int, hugePages: Bool) throws(OutOfMemory) {
      guard let start = qb_map(byteCount, hugePages) else {
        throw OutOfMemory(byteCount: byteCount)
      }
      self.start = start
      self.byteCount = byteCount
    }

    deinit { qb_unmap(start, byteCount) }
  }
}
