import Kernels

/// What the engine computes with on this machine.
public struct EngineFacts: Sendable {
  /// The instruction set in use, such as `avx512`.
  public var kernels: String
  public var threads: Int

  public static var current: Self {
    Self(kernels: KernelPath.active.rawValue, threads: ThreadPool.threadCount)
  }
}
