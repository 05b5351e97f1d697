/// Why a Parquet file, or a column of it, cannot be read.
public struct ParquetError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Hashable, Sendable {
    /// It is no Parquet file, or one that was changed since.
    case damaged(String)
    /// It uses this, which is not read.
    case unsupported(String)
    case noColumn(String, known: [String])
    /// The column holds more than this many bytes.
    case tooLarge(limit: Int)
  }

  public var code: Code

  public init(_ code: Code) { self.code = code }

  static func damaged(_ what: String) -> Self { Self(.damaged(what)) }
  static func unsupported(_ what: String) -> Self { Self(.unsupported(what)) }

  /// What is wrong, to stand after the name of a file and a colon.
  public var description: String {
    switch code {
    case .damaged(let what): "no Parquet file, or damaged: \(what)"
    case .unsupported(let what): "Parquet with \(what), which is not read"
    case .noColumn(let name, let known):
      "no column '\(name)' in the Parquet file, which has "
        + known.prefix(20).map { "'\($0)'" }.joined(separator: ", ")
    case .tooLarge(let limit): "a column of more than \(limit) bytes"
    }
  }
}
