public import SafeFiles

/// Why a file of a model was refused: which file, which entry of it, and what is wrong there.
public struct ModelFileError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Hashable, Sendable {
    /// The file cannot be read.
    case file(FileError)
    /// The file or its header is not JSON.
    case json(JSONError)
    /// A field contradicts the format, another field, or the size of the file.
    case invalid
    /// A field or tensor that must be there is not.
    case missing
    /// The file is right, and describes something that this program does not compute.
    case unsupported
    /// A field names something that is not computed; `known` are the names that are.
    case unknownName(String, known: [String])
  }

  public var code: Code
  public var path: String
  /// The field or tensor at fault, such as `n_head` or `h.0.attn.c_attn.weight: data_offsets`.
  public var field: String?
  /// What is wrong, as a part of a sentence: "must be positive, not -1".
  public var detail: String
  /// What can be done about it.
  public var help: String?

  public init(
    _ code: Code, path: String, field: String? = nil, _ detail: String = "", help: String? = nil
  ) {
    self.code = code
    self.path = path
    self.field = field
    self.detail = detail
    self.help = help
  }

  public var description: String {
    let place = field.map { "\(path): \($0)" } ?? path
    return switch code {
    case .file(let error): error.description
    case .json(let error): "\(place) is not JSON: \(error)"
    case .invalid, .missing, .unsupported, .unknownName: "\(place) \(detail)"
    }
  }
}
