internal import CKernels

/// An instruction set that the kernels are written for.
///
/// The widest that the processor has is active from the start. One path is active in a process at
/// a time; choose it before anything computes.
public enum KernelPath: String, CaseIterable, Sendable {
  /// What the compiler may assume of every processor of the architecture.
  case baseline
  /// AVX2, FMA and F16C.
  case avx2
  /// AVX-512 F, BW, DQ and VL, and VNNI for byte products where it is there.
  case avx512

  /// Those that this processor can run, the widest last.
  public static var available: [KernelPath] {
    allCases.filter { qb_path_available($0.identifier) }
  }

  /// The one that every kernel takes now.
  public static var active: KernelPath {
    allCases.first { $0.identifier == qb_active_path() } ?? .baseline
  }

  /// Whether byte products use VNNI when AVX-512 is active.
  public static var hasVNNI: Bool { qb_has_vnni() }

  /// Makes this path the active one.
  /// - Throws: ``KernelPathError/unsupported(_:)`` where the processor cannot run it.
  public func select() throws(KernelPathError) {
    guard qb_path_available(identifier) else { throw .unsupported(self) }
    qb_select_path(identifier)
  }

  /// Makes the path of this name the active one, as `QUANTBOOK_KERNELS` asks.
  public static func select(named name: String) throws(KernelPathError) {
    guard let path = KernelPath(rawValue: name) else { throw .unknown(name) }
    try path.select()
  }

  private var identifier: qb_path {
    switch self {
    case .baseline: QB_PATH_BASELINE
    case .avx2: QB_PATH_AVX2
    case .avx512: QB_PATH_AVX512
    }
  }
}

/// Why a kernel path cannot be taken.
public enum KernelPathError: Error, Equatable, CustomStringConvertible {
  case unknown(String)
  case unsupported(KernelPath)

  public var description: String {
    switch self {
    case .unknown(let name):
      let known = KernelPath.allCases.map(\.rawValue).joined(separator: ", ")
      return "unknown kernels '\(name)'; known: \(known)"
    case .unsupported(let path):
      let available = KernelPath.available.map(\.rawValue).joined(separator: ", ")
      return "this processor has no \(path.rawValue) kernels; available: \(available)"
    }
  }
}
