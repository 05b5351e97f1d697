/// A matrix that can be kept as bytes and made again from them, with the same bits.
///
/// The bytes are the matrix's arrays as they lie in memory, one after the other, each begun at a
/// multiple of 64. They say nothing of shape and settings: whoever reads them knows what they must
/// be, so that the length of every array is known before any is looked at.
public protocol StorableMatrix: WeightMatrix {
  /// Calls `body` with the bytes in pieces, which are valid during the call.
  func withStoredPieces<Result>(_ body: ([UnsafeRawBufferPointer]) -> Result) -> Result
}

/// The version of what stored matrices hold, for the keys under which they are kept.
public enum StoredMatrix {
  /// To be raised whenever a packed layout changes, or quantizing gives other codes or constants.
  public static let version = 1
}

/// The bytes of a stored matrix, read array by array.
///
/// They may be damaged or hostile: any bytes give a matrix or nil.
public struct StoredArrays {
  private var rest: UnsafeRawBufferPointer

  /// - Parameter bytes: as `StorableMatrix` gave them; valid until the matrix is made.
  public init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

  /// The next array, copied; nil where there is not so much left, or no memory for it, which making the
  /// matrix anew then says.
  ///
  /// A copy lies in huge pages, as does what was just quantized: latencies must not tell the two
  /// apart.
  mutating func next<Element: BitwiseCopyable>(
    _ count: Int, of type: Element.Type = Element.self
  ) -> PackedMemory<Element>? {
    let (byteCount, overflows) = count.multipliedReportingOverflow(
      by: MemoryLayout<Element>.stride)
    guard !overflows, byteCount >= 0, byteCount <= rest.count else { return nil }
    let padded = byteCount + Self.padding(after: byteCount)
    guard padded <= rest.count,
      let memory = try? PackedMemory<Element>(
        copying: UnsafeRawBufferPointer(rebasing: rest[..<byteCount]))
    else { return nil }
    rest = UnsafeRawBufferPointer(rebasing: rest[padded...])
    return memory
  }

  /// Whether everything was read.
  var isAtEnd: Bool { rest.isEmpty }

  /// What `StorableMatrix` gives for arrays: each followed by zeros up to a multiple of 64 bytes.
  static func pieces(_ arrays: [UnsafeRawBufferPointer]) -> [UnsafeRawBufferPointer] {
    arrays.flatMap {
      [$0, UnsafeRawBufferPointer(rebasing: zeros[..<padding(after: $0.count)])]
    }
  }

  private static func padding(after count: Int) -> Int { (64 - count % 64) % 64 }

  // Nobody writes to it again.
  nonisolated(unsafe) private static let zeros: UnsafeRawBufferPointer = {
    let zeros = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 64)
    zeros.initializeMemory(as: UInt8.self, repeating: 0)
    return UnsafeRawBufferPointer(zeros)
  }()
}
