import ModelFiles
import SafeFiles
public import Tokenization

extension GPT2Model {
  /// The tokens that end what the model writes: those of its files, or the one that ends a text of its
  /// tokenizer where they do not say.
  ///
  /// - Throws: `GPT2Error` for a file that does not say it in its form.
  public func endTokens(of tokenizer: Tokenizer) throws(GPT2Error) -> Set<Int32> {
    do throws(ModelFileError) {
      if let tokens = try checkpoint?.endTokens() {
        return Set(tokens.compactMap { Int32(exactly: $0) })
      }
    } catch { throw .file(error) }
    return tokenizer.endOfText.map { [$0] } ?? []
  }
}

/// `eos_token_id` of a directory in Hugging Face's layout.
///
/// Source: transformers, `GenerationConfig.from_pretrained` and `from_model_config`: where there is
/// `generation_config.json`, it alone counts, also if it names no token.
enum EndTokens {
  static let file = "generation_config.json"
  private static let field = "eos_token_id"
  /// More than any model has, so that a file cannot make much of it.
  private static let limit = 1000

  /// - Returns: nil where no file says anything.
  static func read(
    in directory: String, _ config: ModelConfigFile
  ) throws(ModelFileError) -> [Int]? {
    let path = directory + "/" + file
    if DirectoryListing.exists(path) { return try tokens(of: ModelConfigFile(path: path)) ?? [] }
    return try tokens(of: config)
  }

  /// nil without the field; none where it is null.
  private static func tokens(of file: ModelConfigFile) throws(ModelFileError) -> [Int]? {
    switch file[field] {
    case nil: return nil
    case .null?: return []
    case .integer(let token)?: return [token]
    case .array(let elements)? where elements.count <= limit:
      let tokens = elements.compactMap { if case .integer(let token) = $0 { token } else { nil } }
      if tokens.count == elements.count { return tokens }
    default: break
    }
    throw ModelFileError(
      .invalid, path: file.path, field: field,
      "must be a token's number, or a list of up to \(limit)")
  }
}
