import NotebookRunner
import Quantization
import SafeFiles

extension FuzzTarget {
  /// An entry of the cache, damaged anywhere, and what it may hold: a result, or a matrix of any scheme.
  /// The first byte says which.
  static let cacheEntry = FuzzTarget("cache-entry", longest: 4096) { bytes in
    guard let kind = bytes.first else { return }
    let payload = Array(bytes.dropFirst())
    switch Int(kind) % (AllSchemes.all.count + 2) {
    case 0: try Self.checkBlob(payload)
    case 1: try Self.checkResult(payload)
    case let number: try Self.checkMatrix(AllSchemes.all[number - 2].init(), payload)
    }
  }

  private static func checkBlob(_ bytes: [UInt8]) throws {
    let key = String(repeating: "ab", count: 32)
    try Scratch.withFolder([:]) { folder in
      let blobs = BlobStore(folder: folder)
      defer {
        blobs.remove(key)
        Scratch.remove(folder: "\(folder)/ab")
      }
      try require(blobs.write(key, [bytes.withUnsafeBytes { $0 }]), "an entry cannot be written")
      guard let blob = blobs.read(key) else {
        throw BrokenPromise(description: "a whole entry counts as damaged")
      }
      try require(blob.bytes.elementsEqual(bytes), "an entry is another when it is read")
      // The input as the file itself: only an entry with the hash of its payload is read.
      try Scratch.overwrite(blob.file.path, bytes)
      try require(blobs.read(key) == nil, "a damaged entry is read")
    }
  }

  private static func checkResult(_ bytes: [UInt8]) throws {
    guard let result = bytes.withUnsafeBytes({ StoredResultCoding.result($0) }) else { return }
    let once = StoredResultCoding.bytes(result)
    guard let again = once.withUnsafeBytes({ StoredResultCoding.result($0) }) else {
      throw BrokenPromise(description: "a result that was kept is not read again")
    }
    try require(StoredResultCoding.bytes(again) == once, "a result is another when read again")
  }

  private static func checkMatrix(_ scheme: any QuantizationScheme, _ bytes: [UInt8]) throws {
    guard bytes.count > 2 else { return }
    let (rows, columns) = (Int(bytes[0]) % 70 + 1, Int(bytes[1]) % 140 + 1)
    // Matrices begin at multiples of 64 bytes, as the payloads of entries do.
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count - 2, alignment: 64)
    defer { memory.deallocate() }
    memory.copyBytes(from: bytes.dropFirst(2))
    let arrays = StoredArrays(UnsafeRawBufferPointer(memory))
    guard let matrix = scheme.restore(arrays, rows: rows, columns: columns) else { return }
    try require(matrix.rows == rows && matrix.columns == columns, "a matrix of another shape")
    _ = matrix.decoded()
  }
}
