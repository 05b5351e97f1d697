/// How the elements of a parameter lie in a file.
public enum FloatFormat: String, CaseIterable, Hashable, Sendable {
  case float32, float16, bfloat16

  /// Bits of one element.
  public var bits: Int { self == .float32 ? 32 : 16 }
}

/// A matrix [rows = outputs, columns = inputs] to be quantized, read where it lies in a file or in
/// memory, in either orientation and any float format.
public struct MatrixView: Sendable {
  public let rows: Int
  public let columns: Int
  public let orientation: MatrixOrientation
  public let format: FloatFormat
  private let memory: SharedMemory

  /// Borrows rows × columns elements of `format`, of any alignment. `owner` is kept as long as the
  /// view is: whatever keeps the memory valid and unchanged.
  public init(
    _ bytes: UnsafeRawBufferPointer, rows: Int, columns: Int, orientation: MatrixOrientation,
    format: FloatFormat, owner: any AnyObject & Sendable
  ) {
    precondition(rows >= 0 && columns >= 0)
    precondition(bytes.count == rows * columns * format.bits / 8)
    self.rows = rows
    self.columns = columns
    self.orientation = orientation
    self.format = format
    memory = SharedMemory(borrowing: bytes, owner: owner)
  }

  /// Copies Float32 elements.
  public init(
    _ elements: [Float], rows: Int, columns: Int, orientation: MatrixOrientation = .outIn
  ) {
    let memory = SharedMemory(copying: elements)
    self.init(
      memory.bytes, rows: rows, columns: columns, orientation: orientation, format: .float32,
      owner: memory)
  }

  /// The element at an index in memory order, as Float32.
  private func element(_ index: Int) -> Float {
    switch format {
    case .float32: memory.bytes.loadUnaligned(fromByteOffset: index * 4, as: Float.self)
    case .float16: Float(float16: loadHalf(index))
    case .bfloat16: Float(bitPattern: UInt32(loadHalf(index)) << 16)
    }
  }

  private func loadHalf(_ index: Int) -> UInt16 {
    memory.bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
  }

  /// Copies some rows, as Float32, to out [range.count, columns].
  public func copy(rows range: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
    precondition(range.lowerBound >= 0)
    precondition(range.upperBound <= rows)
    precondition(out.count >= range.count * columns)
    switch orientation {
    case .outIn:
      for index in 0..<range.count * columns {
        out[index] = element(range.lowerBound * columns + index)
      }
    case .inOut:
      for column in 0..<columns {
        for row in 0..<range.count {
          out[row * columns + column] = element(column * rows + range.lowerBound + row)
        }
      }
    }
  }
}
