public import Kernels
public import ModelFiles
public import Quantization

/// Why a GPT-2 could not be loaded or run.
public enum GPT2Error: Error, Hashable, Sendable, CustomStringConvertible {
  /// A file of the model is missing, damaged or of another kind.
  case file(ModelFileError)
  /// The configuration asks for a tensor that the weights do not have.
  case missingTensor(String, shape: [Int], path: String)
  /// The weights have a tensor that the configuration has no place for.
  case unexpectedTensor(String, shape: [Int], path: String)
  /// A tensor has another shape than the configuration asks for.
  case wrongShape(String, expected: [Int], found: [Int], path: String)
  /// A tensor holds something other than F32, F16 or BF16.
  case wrongType(String, found: String, path: String)
  /// Weights that cannot be held in the number format asked for.
  case weights(QuantizationError)
  /// `random:NAME` with a name that is no published size.
  case unknownSize(String)
  /// The model of this configuration would need more bytes than can be counted on.
  case tooLarge(parameters: Int)
  /// The model cannot be written in a format, and why.
  case notExportable(String)
  /// A token that is not in the model's vocabulary; `position` is its index in what was given.
  case tokenOutOfRange(Int32, position: Int, vocabularySize: Int)
  /// More positions than the session has room for.
  case tooManyPositions(Int, limit: Int)
  /// There is no memory for weights, or for what a session computes with.
  case outOfMemory(OutOfMemory)

  /// What can be done about it, where that can be said.
  public var help: String? {
    guard case .file(let error) = self else { return nil }
    return error.help
  }

  /// The file that is not what it should be; nil where the file is right and asks for too much.
  public var damagedPath: String? {
    switch self {
    case .file(let error):
      switch error.code {
      case .file, .json, .invalid, .missing: error.path
      case .unsupported, .unknownName: nil
      }
    case .missingTensor(_, _, let path), .unexpectedTensor(_, _, let path),
      .wrongShape(_, _, _, let path), .wrongType(_, _, let path):
      path
    default: nil
    }
  }

  public var description: String {
    switch self {
    case .file(let error): error.description
    case .missingTensor(let name, let shape, let path):
      "\(path): tensor '\(name)' of shape \(shape) is missing"
    case .unexpectedTensor(let name, let shape, let path):
      "\(path): tensor '\(name)' of shape \(shape) has no place in this model"
    case .wrongShape(let name, let expected, let found, let path):
      "\(path): tensor '\(name)' has shape \(found), the configuration asks for \(expected)"
    case .wrongType(let name, let found, let path):
      "\(path): tensor '\(name)' holds \(found), weights are F32, F16 or BF16"
    case .weights(let error): error.description
    case .unknownSize(let name):
      "no published size is called '\(name.prefix(80))'; known: "
        + GPT2Config.names.joined(separator: ", ")
    case .tooLarge(let parameters):
      "a model of \(parameters) parameters is too large to be made here"
    case .notExportable(let reason): reason
    case .tokenOutOfRange(let token, let position, let size):
      "token \(token) at position \(position) is not in the vocabulary of \(size)"
    case .tooManyPositions(let count, let limit):
      "\(count) positions do not fit in the context of \(limit)"
    case .outOfMemory(let error): error.description
    }
  }
}
