/// The most bytes that are accepted for each kind of file, so that a hostile one cannot fill memory.
public enum Limits {
  /// A notebook or another text that people write: 16 MiB.
  public static let notebook = 16 << 20
  /// What the Hub answers about a repository: 64 MiB.
  public static let repositoryList = 64 << 20
  /// A file from the Hub: 256 GiB.
  public static let hubFile = 256 << 30
  /// All files of a model from the Hub together: 512 GiB.
  public static let hubModel = 512 << 30
  /// `config.json` and its like: 4 MiB.
  public static let configuration = 4 << 20
  /// `vocab.json`, `merges.txt`, `tokenizer.json`: 256 MiB.
  public static let vocabulary = 256 << 20
  /// The JSON header of a safetensors file: 100 MB, as in the `safetensors` crate.
  public static let tensorHeader = 100_000_000
  /// Settings, vocabulary and names of tensors of a GGUF file: 256 MiB.
  public static let ggufHeader = 256 << 20
  /// The index of a sharded model: 64 MiB.
  public static let shardIndex = 64 << 20
  /// A text to evaluate on: 1 GiB.
  public static let corpus = 1 << 30
  /// A column of a Parquet file, decompressed: 1 GiB.
  public static let column = 1 << 30
  /// The footer of a Parquet file: 16 MiB.
  public static let parquetFooter = 16 << 20
  /// A results file: 256 MiB.
  public static let results = 256 << 20
  /// A file of weights, which is mapped and not read: 1 TiB.
  public static let weights = 1 << 40
}
