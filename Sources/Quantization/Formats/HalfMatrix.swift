public import Kernels

/// A 16-bit float format that weights are stored in and widened from as they are used.
public protocol HalfFormat: Sendable {
  /// How the kernels know it.
  static var packed: PackedWeights.Format { get }
  /// The bits of a weight, rounded to nearest, ties to even.
  static func bits(_ weight: Float) -> UInt16
}

/// IEEE half precision: weights beyond 65519.99 become infinite.
public enum Float16Format: HalfFormat {
  public static let packed = PackedWeights.Format.float16
  public static func bits(_ weight: Float) -> UInt16 { weight.float16Bits }
}

/// The upper half of a Float32.
public enum BFloat16Format: HalfFormat {
  public static let packed = PackedWeights.Format.bfloat16
  public static func bits(_ weight: Float) -> UInt16 { weight.bfloat16Bits }
}

public typealias Float16Matrix = HalfMatrix<Float16Format>
public typealias BFloat16Matrix = HalfMatrix<BFloat16Format>

/// 16-bit float weights, computed in Float32.
public struct HalfMatrix<Format: HalfFormat>: WeightMatrix {
  public let rows: Int
  public let columns: Int
  /// [rows/16][columns][16].
  private let weights: PackedMemory<UInt16>

  /// Rounds the weights, which must be finite.
  ///
  /// - Throws: ``QuantizationError/outOfMemory(_:)``, and as `MatrixView` does for weights.
  public init(_ view: MatrixView) throws(QuantizationError) {
    rows = view.rows
    columns = view.columns
    let weights = try PackedMemory<UInt16>(view.groups * 16 * view.columns)
    let columns = view.columns
    try view.forEachGroup { group, values in
      for index in 0..<values.count {
        let (row, column) = index.quotientAndRemainder(dividingBy: columns)
        weights[(group * columns + column) * 16 + row] = Format.bits(values[index])
      }
    }
    self.weights = weights
  }

  public var storage: StorageAccount {
    StorageAccount(elements: rows * columns, bitsPerCode: 16, packedBytes: weights.byteCount)
  }

  public func multiply(
    _ x: UnsafeBufferPointer<Float>, tokens: Int, bias: UnsafeBufferPointer<Float>?,
    epilogue: ProductEpilogue, into y: UnsafeMutableBufferPointer<Float>
  ) {
    packed.multiply(x, tokens: tokens, bias: bias, epilogue: epilogue, into: y)
    withExtendedLifetime(weights) {}
  }

  public func negativeLogLikelihoods(
    _ x: UnsafeBufferPointer<Float>, targets: [Int32]
  ) -> [Double] {
    defer { withExtendedLifetime(weights) {} }
    return packed.negativeLogLikelihoods(x, targets: targets)
  }

  public func decode(rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
    packed.decode(rows: rows, into: out)
    withExtendedLifetime(weights) {}
  }

  private var packed: PackedWeights {
    PackedWeights(Format.packed, rows: rows, columns: columns, weights: weights.start)
  }
}

extension HalfMatrix: StorableMatrix {
  public func withStoredPieces<Result>(_ body: ([UnsafeRawBufferPointer]) -> Result) -> Result {
    defer { withExtendedLifetime(weights) {} }
    return body(StoredArrays.pieces([weights.bytes]))
  }

  /// Makes again what was stored; nil where the arrays are not those of a matrix of this shape.
  public init?(_ arrays: StoredArrays, rows: Int, columns: Int) {
    var arrays = arrays
    guard let weights = arrays.next((rows + 15) / 16 * 16 * columns, of: UInt16.self),
      arrays.isAtEnd
    else { return nil }
    self.rows = rows
    self.columns = columns
    self.weights = weights
  }
}
