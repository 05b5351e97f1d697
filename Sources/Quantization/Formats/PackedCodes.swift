/// INT8 codes of a matrix as the kernels read them: [rows/16][columns/4][16][4].
struct PackedCodes: Sendable {
  let rows: Int
  let columns: Int
  private let memory: PackedMemory<Int8>

  /// Zeros.
  init(rows: Int, columns: Int) throws(QuantizationError) {
    self.rows = rows
    self.columns = columns
    memory = try PackedMemory(Self.count(rows: rows, columns: columns))
  }

  /// The next array, if it is that of a matrix of this shape.
  init?(_ arrays: inout StoredArrays, rows: Int, columns: Int) {
    guard let memory = arrays.next(Self.count(rows: rows, columns: columns), of: Int8.self) else {
      return nil
    }
    self.rows = rows
    self.columns = columns
    self.memory = memory
  }

  private static func count(rows: Int, columns: Int) -> Int {
    (rows + 15) / 16 * ((columns + 3) / 4) * 64
  }

  subscript(row: Int, column: Int) -> Int8 {
    get { memory[place(row, column)] }
    nonmutating set { memory[place(row, column)] = newValue }
  }

  private func place(_ row: Int, _ column: Int) -> Int {
    (row / 16 * ((columns + 3) / 4) + column / 4) * 64 + row % 16 * 4 + column % 4
  }

  /// Writes the codes of a whole row.
  func set(row: Int, to codes: UnsafeMutableBufferPointer<Int8>) {
    for (column, code) in codes.enumerated() { self[row, column] = code }
  }

  /// The code of each weight, [rows, columns].
  var exported: [Int8] {
    (0..<rows).flatMap { row in (0..<columns).map { self[row, $0] } }
  }

  var start: UnsafeMutablePointer<Int8> { memory.start }
  var bytes: UnsafeRawBufferPointer { memory.bytes }
  var byteCount: Int { memory.byteCount }
}
