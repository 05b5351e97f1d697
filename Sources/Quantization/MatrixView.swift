#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

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

  /// The elements where they lie. Valid while the view lives.
  public var bytes: UnsafeRawBufferPointer { memory.bytes }

  /// The same elements with rows and columns exchanged.
  public var transposed: MatrixView {
    MatrixView(
      memory.bytes, rows: columns, columns: rows,
      orientation: orientation == .inOut ? .outIn : .inOut, format: format, owner: memory,
      name: name)
  }

  /// A matrix that borrows the elements where they lie; nil unless they are aligned Float32.
  public func borrowed() -> Float32Matrix? {
    let alignment = UInt(MemoryLayout<Float>.alignment)
    guard format == .float32, UInt(bitPattern: memory.bytes.baseAddress) % alignment == 0 else {
      return nil
    }
    return Float32Matrix(
      borrowing: memory.elements(of: Float.self), rows: rows, columns: columns,
      orientation: orientation, owner: memory)
  }

  /// Whether two views are of the same bytes, one by one.
  public func isEqual(to other: MatrixView) -> Bool {
    guard memory.bytes.count == other.memory.bytes.count, let first = memory.bytes.baseAddress,
      let second = other.memory.bytes.baseAddress
    else { return memory.bytes.count == other.memory.bytes.count }
    // Ten times as fast as the elements of a collection.
    return memcmp(first, second, memory.bytes.count) == 0
  }

  /// Copies some rows, as Float32, to out [range.count, columns].
  public func copy(rows range: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
    precondition(range.lowerBound >= 0)
    precondition(range.upperBound <= rows)
    precondition(out.count >= range.count * columns)
    switch format {
    case .float32: copy(range, into: out, as: Float.self) { $0 }
    case .float16: copy(range, into: out, as: UInt16.self) { Float(float16: $0) }
    case .bfloat16:
      copy(range, into: out, as: UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    }
  }

  /// `widen` gives the Float32 of an element as it lies in memory.
  @inline(__always)
  private func copy<Element: BitwiseCopyable>(
    _ range: Range<Int>, into out: UnsafeMutableBufferPointer<Float>, as type: Element.Type,
    widen: (Element) -> Float
  ) {
    guard let bytes = memory.bytes.baseAddress, let out = out.baseAddress else { return }
    let stride = MemoryLayout<Element>.stride
    switch orientation {
    case .outIn:
      var source = bytes + range.lowerBound * columns * stride
      for index in 0..<range.count * columns {
        out[index] = widen(source.loadUnaligned(as: type))
        source += stride
      }
    case .inOut:
      // By squares, so that the lines of both sides stay in the cache.
      let side = 16
      let line = rows * stride
      for left in Swift.stride(from: 0, to: columns, by: side) {
        let right = min(left + side, columns)
        for row in 0..<range.count {
          var source = bytes + (left * rows + range.lowerBound + row) * stride
          let target = out + row * columns
          for column in left..<right {
            target[column] = widen(source.loadUnaligned(as: type))
            source += line
          }
        }
      }
    }
  }
}
