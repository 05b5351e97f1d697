public import Kernels

/// Four-bit codes, NF4 or FP4, with one Float32 absmax for each block of consecutive weights of the
/// row-major matrix; weight = codebook[code] × absmax. Activations are Float32.
///
/// Codes and absmax equal bitsandbytes' CPU backend bit for bit, or follow its CUDA rule where asked.
public struct FourBitMatrix: WeightMatrix {
  public static let allowedBlockSizes = [32, 64, 128, 256, 512, 1024, 2048, 4096]

  public let rows: Int
  public let columns: Int
  public let code: FourBitCode
  /// Weights that share an absmax.
  public let blockSize: Int
  public let compute: ProductArithmetic
  /// The quantized absmax, if they are.
  public let doubleQuantization: DoubleQuantization?

  /// Eight codes in a word, low nibble first: [rows/16][columns/8][16].
  private let words: PackedMemory<UInt32>
  private let codebook: PackedMemory<Float>
  /// Blocks within rows: [rows/16][segments][16]; blocks that cross rows: [blocks].
  private let scales: PackedMemory<Float>?
  private let nested: NestedMemory?
  /// Columns that share an absmax; 0 where blocks cross the ends of rows.
  private let segment: Int

  private struct NestedMemory {
    let codes: PackedMemory<UInt8>
    let map: PackedMemory<Float>
    let scales: PackedMemory<Float>
  }

  /// - Throws: ``QuantizationError/blockSize(_:)``,
  ///   ``QuantizationError/nonFiniteWeight(tensor:index:)``,
  ///   ``QuantizationError/noIntegerProduct(tensor:)``, ``QuantizationError/outOfMemory(_:)``.
  public init(
    _ view: MatrixView, code: FourBitCode, blockSize: Int = 64, doubleQuantized: Bool = false,
    rule: CodeRule = .cpu, compute: ProductArithmetic = .float32
  ) throws(QuantizationError) {
    guard Self.allowedBlockSizes.contains(blockSize) else { throw .blockSize(blockSize) }
    let code = code.following(rule)
    let rows = view.rows
    let columns = view.columns
    let count = rows * columns
    let absmax = try PackedMemory<Float>((count + blockSize - 1) / blockSize, isShared: false)
    let crossesGroups = MatrixView.rowsPerGroup * columns % blockSize != 0
    if crossesGroups { try Self.find(absmax, of: view, blockSize: blockSize) }
    let octets = (columns + 7) / 8
    let words = try PackedMemory<UInt32>(view.groups * octets * 16)
    try view.forEachGroup { group, values in
      let ranks = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: values.count)
      defer { ranks.deallocate() }
      let start = group * 16 * columns
      var done = 0
      while done < values.count {
        let block = (start + done) / blockSize
        let end = min((block + 1) * blockSize - start, values.count)
        let run = UnsafeMutableBufferPointer(rebasing: values[done..<end])
        if !crossesGroups {
          let largest = Encoding.absmax(UnsafeBufferPointer(run))
          absmax[block] = (block + 1) * blockSize > count ? max(largest, 1e-38) : largest
        }
        var multiplier = 1 / max(absmax[block], 1e-38)
        if rule == .cpu, (block + 1) * blockSize > count {  // A short last block divides.
          for index in run.indices { run[index] /= absmax[block] }
          multiplier = 1
        }
        Encoding.rank(
          UnsafeBufferPointer(run), multiplier: multiplier, thresholds: code.thresholds,
          into: UnsafeMutableBufferPointer(rebasing: ranks[done..<end]))
        done = end
      }
      for row in 0..<(columns == 0 ? 0 : values.count / columns) {
        for octet in 0..<octets {
          var word: UInt32 = 0
          for column in octet * 8..<min(octet * 8 + 8, columns) {
            let nibble = code.order[Int(ranks[row * columns + column])]
            word |= UInt32(nibble) << UInt32(column % 8 * 4)
          }
          words[(group * octets + octet) * 16 + row] = word
        }
      }
    }
    self.rows = rows
    self.columns = columns
    self.code = code
    self.blockSize = blockSize
    self.compute = compute
    self.words = words
    codebook = try PackedMemory(code.codebook)
    segment = columns % blockSize == 0 ? blockSize : 0
    let places = BlockPlaces(rows: rows, columns: columns, blockSize: blockSize)
    if doubleQuantized {
      let double = DoubleQuantization(absmax.elements, rule: rule)
      let codes = try PackedMemory<UInt8>(places.count)
      for (block, code) in double.codes.enumerated() { codes[places[block]] = code }
      doubleQuantization = double
      nested = NestedMemory(
        codes: codes, map: try PackedMemory(DoubleQuantization.dynamicMap),
        scales: try PackedMemory(double.nestedScales))
      scales = nil
    } else {
      let table = try PackedMemory<Float>(places.count)
      for block in 0..<absmax.count { table[places[block]] = absmax[block] }
      doubleQuantization = nil
      nested = nil
      scales = table
    }
    if compute == .int8, !packed.multipliesCodes { throw .noIntegerProduct(tensor: view.name) }
  }

  /// The absmax of the blocks of a matrix, in order.
  public enum BlockScales: Hashable, Sendable {
    case float32([Float])
    case quantized(DoubleQuantization)

    var count: Int {
      switch self {
      case .float32(let absmax): absmax.count
      case .quantized(let double): double.codes.count
      }
    }
  }

  /// Packs what bitsandbytes made before.
  ///
  /// - Parameters:
  ///   - exported: codes as `exportedCodes()` gives them.
  ///   - absmax: one for each block.
  /// - Throws: ``QuantizationError/outOfMemory(_:)``.
  public init(
    exported: UnsafeRawBufferPointer, absmax: BlockScales, rows: Int, columns: Int,
    code: FourBitCode, blockSize: Int
  ) throws(QuantizationError) {
    let places = BlockPlaces(rows: rows, columns: columns, blockSize: blockSize)
    precondition(Self.allowedBlockSizes.contains(blockSize))
    precondition(exported.count == (rows * columns + 1) / 2 && absmax.count == places.blocks)
    let octets = (columns + 7) / 8
    let words = try PackedMemory<UInt32>((rows + 15) / 16 * octets * 16)
    nonisolated(unsafe) let exported = exported  // Only read, and before this returns.
    ThreadPool.forEach((rows + 15) / 16) { group in
      for row in group * 16..<min(group * 16 + 16, rows) {
        for octet in 0..<octets {
          var word: UInt32 = 0
          for column in octet * 8..<min(octet * 8 + 8, columns) {
            let index = row * columns + column
            let nibble = exported[index / 2] >> (index % 2 == 0 ? 4 : 0) & 15
            word |= UInt32(nibble) << UInt32(column % 8 * 4)
          }
          words[(group * octets + octet) * 16 + row % 16] = word
        }
      }
    }
    self.rows = rows
    self.columns = columns
    self.code = code
    self.blockSize = blockSize
    self.words = words
    compute = .float32
    codebook = try PackedMemory(code.codebook)
    segment = columns % blockSize == 0 ? blockSize : 0
    switch absmax {
    case .float32(let absmax):
      let table = try PackedMemory<Float>(places.count)
      for (block, value) in absmax.enumerated() { table[places[block]] = value }
      scales = table
      nested = nil
      doubleQuantization = nil
    case .quantized(let double):
      let codes = try PackedMemory<UInt8>(places.count)
      for (block, code) in double.codes.enumerated() { codes[places[block]] = code }
      scales = nil
      nested = NestedMemory(
        codes: codes, map: try PackedMemory(DoubleQuantization.dynamicMap),
        scales: try PackedMemory(double.nestedScales))
      doubleQuantization = double
    }
  }

  /// Fills in the absmax of every block in order, where blocks may span groups; a short last block's
  /// is at least 1e-38.
  private static func find(
    _ absmax: PackedMemory<Float>, of view: MatrixView, blockSize: Int
  ) throws(QuantizationError) {
    let columns = view.columns
    let count = view.rows * columns
    // Each group keeps what it saw of its first block apart.
    let heads = try PackedMemory<Float>(view.groups, isShared: false)
    try view.forEachGroup { group, values in
      let start = group * 16 * columns
      var done = 0
      while done < values.count {
        let block = (start + done) / blockSize
        let end = min((block + 1) * blockSize - start, values.count)
        let largest = Encoding.absmax(UnsafeBufferPointer(rebasing: values[done..<end]))
        if block * blockSize < start {
          heads[group] = largest
        } else {
          absmax[block] = largest
        }
        done = end
      }
    }
    for group in 0..<view.groups where columns > 0 {
      let block = group * 16 * columns / blockSize
      absmax[block] = max(absmax[block], heads[group])
    }
    if count % blockSize != 0 { absmax[absmax.count - 1] = max(absmax[absmax.count - 1], 1e-38) }
  }

  public var storage: StorageAccount {
    let count = rows * columns
    let blocks = (count + blockSize - 1) / blockSize
    let nestedCount = doubleQuantization?.nestedScales.count ?? 0
    let constants = doubleQuantization == nil ? 4 * blocks : blocks + 4 * nestedCount + 4
    let tables =
      (scales?.byteCount ?? 0) + (nested.map { $0.codes.byteCount + $0.scales.byteCount } ?? 0)
    return StorageAccount(
      elements: count, bitsPerCode: 4, constantBytes: constants,
      packedBytes: words.byteCount + tables)
  }

  /// bitsandbytes' packed codes: two in a byte in row-major order, the first in the high nibble.
  public func exportedCodes() -> [UInt8] {
    let count = rows * columns
    return stride(from: 0, to: count, by: 2).map { index in
      let second = index + 1 < count ? nibble(index + 1) : code.zeroCode
      return nibble(index) << 4 | second
    }
  }

  /// The absmax of every block as it is used, in bitsandbytes' order.
  public func exportedAbsmax() -> [Float] {
    let blocks = (rows * columns + blockSize - 1) / blockSize
    if let doubleQuantization { return (0..<blocks).map { doubleQuantization.absmax(block: $0) } }
    guard let scales else { return [] }
    let places = BlockPlaces(rows: rows, columns: columns, blockSize: blockSize)
    return (0..<blocks).map { scales[places[$0]] }
  }

  private func nibble(_ index: Int) -> UInt8 {
    let (row, column) = index.quotientAndRemainder(dividingBy: columns)
    let word = words[(row / 16 * ((columns + 7) / 8) + column / 8) * 16 + row % 16]
    return UInt8(word >> UInt32(column % 8 * 4) & 15)
  }

  public func multiply(
    _ x: UnsafeBufferPointer<Float>, tokens: Int, bias: UnsafeBufferPointer<Float>?,
    epilogue: ProductEpilogue, into y: UnsafeMutableBufferPointer<Float>
  ) {
    switch compute {
    case .float32: packed.multiply(x, tokens: tokens, bias: bias, epilogue: epilogue, into: y)
    case .int8: packed.multiplyCodes(x, tokens: tokens, bias: bias, epilogue: epilogue, into: y)
    }
    withExtendedLifetime(self) {}
  }

  public func negativeLogLikelihoods(
    _ x: UnsafeBufferPointer<Float>, targets: [Int32]
  ) -> [Double] {
    defer { withExtendedLifetime(self) {} }
    return packed.negativeLogLikelihoods(x, targets: targets, codes: compute == .int8)
  }

  public func decode(rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
    packed.decode(rows: rows, into: out)
    withExtendedLifetime(self) {}
  }

  private var packed: PackedWeights {
    let nestedScales = nested.map {
      PackedWeights.NestedScales(
        codes: $0.codes.start, map: $0.map.start, nested: $0.scales.start,
        mean: doubleQuantization?.mean ?? 0)
    }
    return PackedWeights(
      .fourBit, rows: rows, columns: columns, weights: words.start,
      segment: segment == 0 ? blockSize : segment,
      scales: scales.map { UnsafePointer($0.start) }, codebook: codebook.start,
      nestedScales: nestedScales, flatBlock: segment == 0 ? blockSize : 0)
  }
}

/// Where the constants of blocks stand: [rows/16][segments][16], or [blocks] where blocks cross the
/// ends of rows.
private struct BlockPlaces {
  let blocks: Int
  /// Places, some of them unused.
  let count: Int
  /// Blocks of a row; 0 where they cross the ends of rows.
  private let segments: Int

  init(rows: Int, columns: Int, blockSize: Int) {
    blocks = (rows * columns + blockSize - 1) / blockSize
    segments = columns % blockSize == 0 ? columns / blockSize : 0
    count = segments == 0 ? blocks : (rows + 15) / 16 * 16 * segments
  }

  subscript(block: Int) -> Int {
    if segments == 0 { return block }
    let (row, segment) = block.quotientAndRemainder(dividingBy: segments)
    return (row / 16 * segments + segment) * 16 + row % 16
  }
}

extension FourBitMatrix: StorableMatrix {
  public func withStoredPieces<Result>(_ body: ([UnsafeRawBufferPointer]) -> Result) -> Result {
    defer { withExtendedLifetime(self) {} }
    if let nested, let doubleQuantization {
      return withUnsafeBytes(of: doubleQuantization.mean) { mean in
        body(StoredArrays.pieces([words.bytes, nested.codes.bytes, nested.scales.bytes, mean]))
      }
    }
    return body(StoredArrays.pieces([words.bytes] + (scales.map { [$0.bytes] } ?? [])))
  }

  /// Makes the matrix again; nil where the arrays are not those of one with these settings.
  init?(
    _ arrays: StoredArrays, rows: Int, columns: Int, code: FourBitCode, blockSize: Int,
    doubleQuantized: Bool, rule: CodeRule, compute: ProductArithmetic
  ) {
    var arrays = arrays
    let places = BlockPlaces(rows: rows, columns: columns, blockSize: max(blockSize, 1))
    guard Self.allowedBlockSizes.contains(blockSize),
      let words = arrays.next((rows + 15) / 16 * ((columns + 7) / 8) * 16, of: UInt32.self)
    else { return nil }
    self.rows = rows
    self.columns = columns
    self.code = code.following(rule)
    self.blockSize = blockSize
    self.compute = compute
    self.words = words
    segment = columns % blockSize == 0 ? blockSize : 0
    guard let codebook = try? PackedMemory(code.codebook) else { return nil }
    self.codebook = codebook
    if doubleQuantized {
      let perScale = DoubleQuantization.blocksPerScale
      guard let codes = arrays.next(places.count, of: UInt8.self),
        let nestedScales = arrays.next((places.blocks + perScale - 1) / perScale, of: Float.self),
        let mean = arrays.next(1, of: Float.self),
        let map = try? PackedMemory(DoubleQuantization.dynamicMap)
      else { return nil }
      doubleQuantization = DoubleQuantization(
        codes: (0..<places.blocks).map { codes[places[$0]] }, nestedScales: nestedScales.elements,
        mean: mean[0])
      nested = NestedMemory(codes: codes, map: map, scales: nestedScales)
      scales = nil
    } else {
      guard let scales = arrays.next(places.count, of: Float.self) else { return nil }
      doubleQuantization = nil
      nested = nil
      self.scales = scales
    }
    guard arrays.isAtEnd, compute != .int8 || packed.multipliesCodes else { return nil }
  }
}
