import Quantization
import SafeFiles

/// A matrix of a model before any quantization, where it lies in a file or in memory.
enum OriginalMatrix: Sendable {
  case floats(MatrixView)
  /// To be decoded each time.
  case blocks(StoredBlocks)

  var rows: Int {
    switch self {
    case .floats(let view): view.rows
    case .blocks(let blocks): blocks.rows
    }
  }

  var columns: Int {
    switch self {
    case .floats(let view): view.columns
    case .blocks(let blocks): blocks.columns
    }
  }

  /// The elements; of blocks decoded for this view alone, which is as large as the matrix in Float32.
  func view() throws(QuantizationError) -> MatrixView {
    switch self {
    case .floats(let view): view
    case .blocks(let blocks): try blocks.decoded()
    }
  }

  /// Writes some rows as Float32 to out [rows.count, columns].
  func decode(rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
    switch self {
    case .floats(let view): view.copy(rows: rows, into: out)
    case .blocks(let blocks): blocks.decode(rows: rows, into: out)
    }
  }

  /// The matrix as a model holds it. In Float32, elements are borrowed if they are so and aligned, and
  /// others are widened or decoded when they are needed.
  func held(as format: FloatFormat) throws(QuantizationError) -> any WeightMatrix {
    switch (format, self) {
    case (.float32, .floats(let view)):
      if let borrowed = view.borrowed() { borrowed } else { DeferredMatrix(self) }
    case (.float32, .blocks): DeferredMatrix(self)
    case (.float16, _): try Float16Matrix(view())
    case (.bfloat16, _): try BFloat16Matrix(view())
    }
  }

  /// Takes the pages that hold it, if they are those of one of `files`, out of the process's memory.
  func discardPages(in files: [MappedFile]) {
    let bytes =
      switch self {
      case .floats(let view): view.bytes
      case .blocks(let blocks): blocks.bytes
      }
    for file in files { file.discardPages(of: bytes) }
  }
}
