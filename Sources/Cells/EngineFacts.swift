import Kernels

/// What the engine computes with on this machine.
public struct EngineFacts: Sendable {
  /// Makes all kernels those of an instruction set: baseline, avx2 or avx512.
  ///
  /// - Throws: a description of what there is, for a name that is unknown or not to be had.
  public static func selectKernels(named name: String) throws {
    try KernelPath.select(named: name)
  }

  /// Sets how many threads compute, from 1 to 256.
  public static func setThreadCount(_ count: Int) { ThreadPool.setThreadCount(count) }

  /// Version of the kernels' arithmetic, which kept results depend on.
  public static var arithmetic: String { "kernels/\(ArithmeticVersion.current)" }

  /// The instruction set in use, such as `avx512`.
  public var kernels: String
  public var threads: Int

  public static var current: Self {
    Self(kernels: KernelPath.active.rawValue, threads: ThreadPool.threadCount)
  }
}
