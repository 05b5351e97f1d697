internal import CKernels

#if canImport(Glibc)
  internal import Glibc
#endif

/// Memory of weights, and settings of glibc's allocator for measuring memory, which do nothing where
/// the C library is another.
public enum Allocator {
  private static let hugePage = 2 << 20

  /// Memory for weights, uninitialised and 64-byte aligned; `deallocate` frees it. It is never empty,
  /// so that there is an address.
  ///
  /// Two mebibytes and more begin at a huge page, and the system is asked for huge pages: filling
  /// them costs a five-hundredth of the faults. Only whole ones, so that no more memory is taken.
  public static func weights(byteCount: Int) -> UnsafeMutableRawPointer {
    let byteCount = max(byteCount, 1)
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: byteCount, alignment: byteCount < hugePage ? 64 : hugePage)
    #if canImport(Glibc)
      if byteCount >= hugePage {
        madvise(memory, byteCount / hugePage * hugePage, MADV_HUGEPAGE)
      }
    #endif
    return memory
  }

  /// Bytes from which blocks are mappings of their own; glibc's own value until it adapts it.
  public static let defaultMappingThreshold = 128 << 10

  /// Makes every block of so many bytes or more a mapping of its own: new when it is made, gone when
  /// it is freed.
  public static func mapBlocks(from bytes: Int) { qb_map_blocks_from(bytes) }

  /// Returns memory that is kept though nobody uses it to the system.
  public static func releaseFreePages() { qb_return_free_pages() }
}
