internal import CKernels

/// The threads that the kernels share: as many as there are cores, unless set otherwise.
///
/// They spin for a bounded time between products, then sleep.
public enum ThreadPool {
  /// Threads that a product runs on, the caller among them.
  public static var threadCount: Int { qb_thread_count() }

  /// Sets the number of threads, at least 1 and at most 256. Not while anything computes.
  public static func setThreadCount(_ count: Int) { qb_set_thread_count(max(count, 1)) }

  /// Calls `body` once for each index in `0..<count`, on all threads, and returns after the last.
  ///
  /// Where the pool is busy, and inside another such loop, the caller runs them alone.
  public static func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      var box = Box(body: body)
      withUnsafeMutablePointer(to: &box) { pointer in
        qb_parallel(
          max(count, 0),
          { context, task in
            context?.assumingMemoryBound(to: Box.self).pointee.body(task)
          }, pointer)
      }
    }
  }

  private struct Box {
    let body: @Sendable (Int) -> Void
  }
}
