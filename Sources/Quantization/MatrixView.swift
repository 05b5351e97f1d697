/// How the elements of a parameter lie in a file.
public enum FloatFormat: String, CaseIterable, Hashable, Sendable {
  case float32, float16, bfloat16

  /// Bits of one element.
  public var bits: Int { self == .float32 ? 32 : 16 }
}

/// A matrix [rows = outputs, columns = inputs] to be quantized, read where it lies in a file or in
/// memory, in either orientation and any float format.
public struct MatrixView: Sendable {
  /// What errors call it: the name of the tensor.
  public let name: String
  public let rows: Int
  public let columns: Int
  public let orientation: MatrixOrientation
  public let format: FloatFormat
  private let memory: SharedMemory

  /// Borrows rows × columns elements of `format`, of any alignment. `owner` is kept as long as the
  /// view is: whatever keeps the memory valid and unchanged.
  public init(
    _ bytes: UnsafeRawBufferPointer, rows: Int, columns: Int, orientation: MatrixOrientation,
    format: FloatFormat, owner: any AnyObject & Sendable, name: String = "matrix"
  ) {
    precondition(rows >= 0 && columns >= 0)
    precondition(bytes.count == rows * columns * format.bits / 8)
    self.name = name
    self.rows = rows
    self.columns = columns
    self.orientation = orientation
    self.format = format
    memory = SharedMemory(borrowing: bytes, owner: owner)
  }

  /// Copies Float32 elements.
  public init(
    _ elements: [Float], rows: Int, columns: Int, orientation: MatrixOrientation = .outIn,
    name: String = "matrix"
  ) {
    let memory = SharedMemory(copying: elements)
    self.init(
      memory.bytes, rows: rows, columns: columns, orientation: orientation, format: .float32,
      owner: memory, name: name)
  }

  /// Copies some rows, as Float32, to out [range.count, columns].
  public func copy(rows range: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
    precondition(range.lowerBound >= 0)
    precondition(range.upperBound <= rows)
    precondition(out.count >= range.count * columns)
    let bytes = memory.bytes
    switch format {
    case .float32:
      copy(range, into: out) { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
    case .float16:
      copy(range, into: out) {
        Float(float16: bytes.loadUnaligned(fromByteOffset: $0 * 2, as: UInt16.self))
      }
    case .bfloat16:
      copy(range, into: out) {
        let bits = bytes.loadUnaligned(fromByteOffset: $0 * 2, as: UInt16.self)
        return Float(bitPattern: UInt32(bits) << 16)
      }
    }
  }

  /// `element` gives the element at an index in memory order.
  @inline(__always)
  private func copy(
    _ range: Range<Int>, into out: UnsafeMutableBufferPointer<Float>, element: (Int) -> Float
  ) {
    switch orientation {
    case .outIn:
      let start = range.lowerBound * columns
      for index in 0..<range.count * columns { out[index] = element(start + index) }
    case .inOut:
      for column in 0..<columns {
        for row in 0..<range.count {
          out[row * columns + column] = element(column * rows + range.lowerBound + row)
        }
      }
    }
  }
}
