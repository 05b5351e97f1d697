public import Kernels

/// Which way round a matrix of [rows = outputs, columns = inputs] lies in memory.
public enum MatrixOrientation: Hashable, Sendable {
  /// [inputs, outputs], as Hugging Face's Conv1D stores its weights.
  case inOut
  /// [outputs, inputs], as embeddings, output heads and `nn.Linear` do.
  case outIn
}

/// Float32 weights, either its own or borrowed from where they lie, such as a mapped file.
public struct Float32Matrix: WeightMatrix {
  public let rows: Int
  public let columns: Int
  public let orientation: MatrixOrientation
  private let memory: SharedMemory

  /// Borrows `weights`, of rows × columns elements in the given orientation, without a copy.
  /// `owner` is kept as long as the matrix is: whatever keeps the memory valid and unchanged.
  public init(
    borrowing weights: UnsafeBufferPointer<Float>, rows: Int, columns: Int,
    orientation: MatrixOrientation, owner: any AnyObject & Sendable
  ) {
    precondition(rows >= 0 && columns >= 0)
    precondition(weights.count == rows * columns)
    self.rows = rows
    self.columns = columns
    self.orientation = orientation
    memory = SharedMemory(borrowing: UnsafeRawBufferPointer(weights), owner: owner)
  }

  /// Copies `weights`, of rows × columns elements in the given orientation.
  public init(_ weights: [Float], rows: Int, columns: Int, orientation: MatrixOrientation = .outIn)
  {
    precondition(rows >= 0 && columns >= 0)
    precondition(weights.count == rows * columns)
    self.rows = rows
    self.columns = columns
    self.orientation = orientation
    memory = SharedMemory(copying: weights)
  }

  public var storage: StorageAccount { StorageAccount(elements: rows * columns, bitsPerCode: 32) }

  /// The weights as they lie.
  public var view: MatrixView {
    MatrixView(
      memory.bytes, rows: rows, columns: columns, orientation: orientation, format: .float32,
      owner: memory)
  }

  public func multiply(
    _ x: UnsafeBufferPointer<Float>, tokens: Int, bias: UnsafeBufferPointer<Float>?,
    epilogue: ProductEpilogue, into y: UnsafeMutableBufferPointer<Float>
  ) {
    packed.multiply(x, tokens: tokens, bias: bias, epilogue: epilogue, into: y)
    withExtendedLifetime(memory) {}
  }

  public func negativeLogLikelihoods(
    _ x: UnsafeBufferPointer<Float>, targets: [Int32]
  ) -> [Double] {
    defer { withExtendedLifetime(memory) {} }
    return packed.negativeLogLikelihoods(x, targets: targets)
  }

  public func decode(rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
    packed.decode(rows: rows, into: out)
    withExtendedLifetime(memory) {}
  }

  private var packed: PackedWeights {
    PackedWeights(
      orientation == .inOut ? .float32InOut : .float32OutIn, rows: rows, columns: columns,
      weights: memory.bytes.baseAddress)
  }
}
