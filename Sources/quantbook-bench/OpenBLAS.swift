import Foundation

/// OpenBLAS, where the system has it, to compare with: opened at run time, never linked nor needed.
struct OpenBLAS {
  static let library = "libopenblas.so.0"

  /// The processor whose kernels it takes: "SkylakeX".
  let core: String
  private let multiply: Multiply

  /// `cblas_sgemm`, whose integers are 32 bits wide.
  private typealias Multiply =
    @convention(c) (
      _ order: Int32, _ transposesA: Int32, _ transposesB: Int32, _ m: Int32, _ n: Int32,
      _ k: Int32, _ alpha: Float, _ a: UnsafePointer<Float>?, _ strideA: Int32,
      _ b: UnsafePointer<Float>?, _ strideB: Int32, _ beta: Float,
      _ c: UnsafeMutablePointer<Float>?,
      _ strideC: Int32
    ) -> Void
  private typealias SetThreads = @convention(c) (Int32) -> Void
  private typealias CoreName = @convention(c) () -> UnsafePointer<CChar>?

  /// Nil where the library, or something it needs, is not found.
  init?(threads: Int) {
    guard let library = dlopen(Self.library, RTLD_NOW | RTLD_LOCAL),
      let multiply = dlsym(library, "cblas_sgemm"),
      let setThreads = dlsym(library, "openblas_set_num_threads"),
      let coreName = dlsym(library, "openblas_get_corename")
    else { return nil }
    unsafeBitCast(setThreads, to: SetThreads.self)(Int32(threads))
    core = unsafeBitCast(coreName, to: CoreName.self)().map { String(cString: $0) } ?? "unknown"
    self.multiply = unsafeBitCast(multiply, to: Multiply.self)
  }

  /// y [m, n] = x [m, k] w [k, n].
  func multiply(
    _ x: UnsafeBufferPointer<Float>, _ w: UnsafeBufferPointer<Float>, m: Int, n: Int, k: Int,
    into y: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(x.count >= m * k && w.count >= k * n && y.count >= m * n)
    let (rowMajor, notTransposed) = (Int32(101), Int32(111))
    multiply(
      rowMajor, notTransposed, notTransposed, Int32(m), Int32(n), Int32(k), 1, x.baseAddress,
      Int32(k), w.baseAddress, Int32(n), 0, y.baseAddress, Int32(n))
  }
}
