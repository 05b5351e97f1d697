internal import CKernels

/// Memory that the allocator keeps though nobody uses it.
public enum FreePages {
  /// Returns it to the system, and that of large blocks as soon as they are freed from now on, so
  /// that resident memory tells what is in use. Does nothing where the C library is not glibc.
  public static func returnToSystem() { qb_return_free_pages() }
}
