/// A number format of ggml's: blocks of weights of a row, each with its own scale, in bytes whose
/// order is that of the file.
///
/// A new one is a type in this folder and its name in ``AllBlockFormats``. Decoded weights equal those
/// of the `gguf` package's `dequantize` bit for bit. Source: ggml-org/ggml, `ggml-quants.c`.
public protocol BlockFormat: Sendable {
  /// As ggml names it: "Q4_K".
  static var name: String { get }
  /// Weights of a block.
  static var blockSize: Int { get }
  /// Bytes of a block.
  static var byteCount: Int { get }

  /// Writes the weights of one block of `byteCount` bytes to out [blockSize].
  static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>)
}

/// A format that weights can be put into as well.
public protocol EncodableBlockFormat: BlockFormat {
  /// Writes one block of `byteCount` bytes for weights [blockSize], which are finite.
  static func encode(_ weights: UnsafePointer<Float>, into block: UnsafeMutableRawPointer)
}

extension BlockFormat {
  /// Writes the weights of whole blocks to `out`, which has room for them.
  public static func decode(
    _ blocks: UnsafeRawBufferPointer, into out: UnsafeMutableBufferPointer<Float>
  ) {
    let count = blocks.count / byteCount
    precondition(blocks.count == count * byteCount && out.count >= count * blockSize)
    guard let source = blocks.baseAddress, let target = out.baseAddress else { return }
    for block in 0..<count {
      decode(source + block * byteCount, into: target + block * blockSize)
    }
  }
}

extension EncodableBlockFormat {
  /// The blocks of finite weights, a multiple of `blockSize` of them.
  ///
  /// - Throws: ``QuantizationError/beyondFloat16(tensor:index:)`` for a weight so large that the scale
  ///   of its block is no finite Float16; ``QuantizationError/nonFiniteWeight(tensor:index:)``.
  public static func encode(
    _ weights: UnsafeBufferPointer<Float>, tensor: String
  ) throws(QuantizationError) -> [UInt8] {
    let count = weights.count / blockSize
    precondition(weights.count == count * blockSize)
    if let index = weights.firstIndex(where: { !$0.isFinite }) {
      throw .nonFiniteWeight(tensor: tensor, index: index)
    }
    let bytes = [UInt8](unsafeUninitializedCapacity: count * byteCount) { buffer, size in
      if let source = weights.baseAddress, let target = buffer.baseAddress {
        for block in 0..<count {
          encode(
            source + block * blockSize, into: UnsafeMutableRawPointer(target + block * byteCount))
        }
      }
      size = count * byteCount
    }
    for block in 0..<count where bytes[block * byteCount + 1] & 0x7C == 0x7C {
      throw .beyondFloat16(tensor: tensor, index: block * blockSize)
    }
    return bytes
  }
}

/// Every block format there is.
public enum AllBlockFormats {
  public static let all: [any BlockFormat.Type] = [
    Q8_0Blocks.self, Q4_0Blocks.self, Q4_1Blocks.self, Q5_0Blocks.self, Q5_1Blocks.self,
    IQ4_NLBlocks.self, Q4_KBlocks.self, Q5_KBlocks.self, Q6_KBlocks.self,
  ]

  /// The format of this name.
  public static func named(_ name: String) -> (any BlockFormat.Type)? {
    all.first { $0.name == name }
  }
}

extension UnsafeRawPointer {
  /// The byte at an offset.
  @inline(__always)
  func byte(_ offset: Int) -> UInt8 { load(fromByteOffset: offset, as: UInt8.self) }

  /// The Float16 at an offset, as Float32.
  @inline(__always)
  func half(_ offset: Int) -> Float {
    Float(
      float16: UInt16(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
  }
}

extension UnsafeMutableRawPointer {
  /// Writes a Float32 at an offset, rounded to Float16.
  @inline(__always)
  func store(half value: Float, at offset: Int) {
    storeBytes(of: value.float16Bits.littleEndian, toByteOffset: offset, as: UInt16.self)
  }
}
