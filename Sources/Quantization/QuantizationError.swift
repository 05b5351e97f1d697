public import Kernels

/// Why a parameter cannot be quantized.
public enum QuantizationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A weight is NaN or infinite. `index` counts elements of [rows, columns] in row-major order.
  case nonFiniteWeight(tensor: String, index: Int)
  /// A weight is beyond what Float16 holds, which LLM.int8() rounds to first.
  case beyondFloat16(tensor: String, index: Int)
  /// Four-bit block sizes are 32, 64, 128, 256, 512, 1024, 2048 and 4096.
  case blockSize(Int)
  /// An INT8 group is at least one column.
  case groupSize(Int)
  /// The outlier threshold is a finite number, 0 or greater.
  case outlierThreshold(Float)
  /// Products in INT8 need a scale for each row or run of a multiple of 8 columns, and no zero point.
  case noIntegerProduct(tensor: String)
  /// The task was cancelled meanwhile. `GPT2Model.quantized` throws `CancellationError` for it.
  case cancelled
  /// The scheme has no form for parameters of one dimension.
  case notAMatrix(tensor: String, scheme: String)
  /// There is no memory for what would be made.
  case outOfMemory(OutOfMemory)

  public var description: String {
    switch self {
    case .nonFiniteWeight(let tensor, let index):
      "\(tensor): element \(index) is not a finite number"
    case .beyondFloat16(let tensor, let index):
      "\(tensor): element \(index) is beyond the range of Float16"
    case .blockSize(let size):
      "block size \(size) is not allowed; allowed: "
        + FourBitMatrix.allowedBlockSizes.map(String.init).joined(separator: ", ")
    case .groupSize(let size): "group size \(size) is not allowed; it must be at least 1"
    case .outlierThreshold(let value):
      "outlier threshold \(value) is not allowed; it must be a finite number, 0 or greater"
    case .noIntegerProduct(let tensor):
      "\(tensor) cannot be multiplied in INT8: that needs scales for whole rows or for runs of a "
        + "multiple of 8 columns within a row, and no zero point"
    case .cancelled: "cancelled"
    case .notAMatrix(let tensor, let scheme):
      "\(tensor) is not a matrix, and \(scheme) takes matrices only"
    case .outOfMemory(let error): error.description
    }
  }
}
