#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

import Kernels

/// The process's memory as the system accounts for it.
enum ResidentMemory {
  /// By how many bytes resident memory rose at its highest while `body` ran.
  ///
  /// Memory that the allocator has kept would be resident before, and using it again no rise. So
  /// with glibc its free pages go back to the system first, and meanwhile every buffer of four
  /// pages or more is a mapping of its own, which is new when made and gone when freed.
  ///
  /// On Linux the kernel's high-water mark (`VmHWM`) is reset first; where it cannot be, and
  /// elsewhere, the rise of the process's overall peak is taken, which is too small if an earlier
  /// peak was higher.
  static func peakIncrease<Failure>(
    during body: () throws(Failure) -> Void
  ) throws(Failure) -> Int {
    Allocator.mapBlocks(from: 16 << 10)
    defer { Allocator.mapBlocks(from: Allocator.defaultMappingThreshold) }
    Allocator.releaseFreePages()
    resetPeak()
    let before = current ?? peak ?? 0
    try body()
    return max((peak ?? before) - before, 0)
  }

  #if os(Linux)
    private static var current: Int? { SystemText.kilobytes("VmRSS:", in: status) }
    private static var peak: Int? { SystemText.kilobytes("VmHWM:", in: status) }
    private static let status = "/proc/self/status"

    private static func resetPeak() {
      guard let file = fopen("/proc/self/clear_refs", "w") else { return }
      fputs("5", file)
      fclose(file)
    }
  #else
    private static var current: Int? { nil }

    private static var peak: Int? {
      var usage = rusage()
      return getrusage(RUSAGE_SELF, &usage) == 0 ? Int(usage.ru_maxrss) : nil
    }

    private static func resetPeak() {}
  #endif
}
