import InputLimits

/// Why a Parquet file, or a column of it, cannot be read.
public struct ParquetError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Hashable, Sendable {
    /// It is no Parquet file, or one that was changed since.
    case damaged(String)
    /// It uses this, which is not read.
    case unsupported(String)
    /// No column of this name holds texts; the columns, each with its type.
    case noTexts(String, known: [String])
    /// The column holds more than this many bytes.
    case tooLarge(limit: Int)
  }

  public var code: Code

  public init(_ code: Code) { self.code = code }

  static func damaged(_ what: String) -> Self { Self(.damaged(what)) }
  static func unsupported(_ what: String) -> Self { Self(.unsupported(what)) }

  /// What can be done; nil where nothing is known.
  public var help: String? {
    switch code {
    case .unsupported:
      "python -c \"import pyarrow.parquet as p; p.write_table(p.read_table('IN'), 'OUT')\" writes it as it can "
        + "be read"
    case .noTexts: "the key 'column' names another"
    case .damaged, .tooLarge: nil
    }
  }

  /// What is wrong, to stand after the name of a file and a colon.
  public var description: String {
    switch code {
    case .damaged(let what): "no Parquet file, or damaged: \(what)"
    case .unsupported(let what): "Parquet with \(what), which is not read"
    case .noTexts(let name, let known):
      "no column '\(name)' of texts in the Parquet file, which has "
        + known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", …" : "")
    case .tooLarge(let limit): "a column of more than \(limit) bytes (\(Limit.columnBytes.cure))"
    }
  }
}
