import Parquet

extension FuzzTarget {
  /// A Parquet file: the texts of every column that has any.
  static let parquet = FuzzTarget(
    "parquet", longest: 8192, fixtures: ["Tests/Fixtures/data/parquet"]
  ) { bytes in
    try bytes.withUnsafeBytes { bytes in
      guard let file = try? ParquetFile(bytes) else { return }
      for column in file.textColumns {
        var count = 0
        do {
          try file.forEachText(in: column) { _ in count += 1 }
        } catch { continue }
        try require(count == file.rowCount, "\(count) texts in \(file.rowCount) rows")
      }
    }
  }
}
