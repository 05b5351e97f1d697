internal import CKernels

/// Settings of glibc's allocator, for measuring memory; they do nothing where the C library is
/// another.
public enum Allocator {
  /// Bytes from which blocks are mappings of their own; glibc's own value until it adapts it.
  public static let defaultMappingThreshold = 128 << 10

  /// Makes every block of so many bytes or more a mapping of its own: new when it is made, gone when
  /// it is freed.
  public static func mapBlocks(from bytes: Int) { qb_map_blocks_from(bytes) }

  /// Returns memory that is kept though nobody uses it to the system.
  public static func releaseFreePages() { qb_return_free_pages() }
}
