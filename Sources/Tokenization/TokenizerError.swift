public import SafeFiles

/// Why a tokenizer could not be loaded, and from which file.
public struct TokenizerError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Hashable, Sendable {
    /// The file cannot be read.
    case file(FileError)
    /// The file is not JSON.
    case json(JSONError)
    /// A kind of tokenizer, or an option of one, that this program does not compute.
    case unsupported
    /// The file contradicts itself or its format.
    case invalid
    /// A folder has no tokenizer, or not all of one.
    case missing
    /// What Git leaves in the file's place.
    case gitLFSPointer
  }

  public var code: Code
  public var path: String
  /// Line in the file, from 1, where one line is at fault.
  public var line: Int?
  /// The rest of the sentence, which names the entry at fault.
  public var detail: String

  public init(_ code: Code, path: String, line: Int? = nil, _ detail: String = "") {
    self.code = code
    self.path = path
    self.line = line
    self.detail = detail
  }

  /// What can be done about it.
  public var help: String? {
    if code == .gitLFSPointer { return GitLFSPointer.help }
    return code == .missing
      ? "copy tokenizer.json, or vocab.json with merges.txt, there from the model that it was made from; "
        + "GPT-2's sizes and distilgpt2 share one, which 'quantbook download gpt2' fetches"
      : nil
  }

  public var description: String {
    let place = line.map { "\(path):\($0)" } ?? path
    return switch code {
    case .file(let error): error.description
    case .json(let error): "\(place) is not JSON: \(error)"
    case .gitLFSPointer: "\(place) \(GitLFSPointer.description)"
    case .unsupported: "\(place): unsupported tokenizer: \(detail)"
    case .invalid, .missing: "\(place): \(detail)"
    }
  }
}
