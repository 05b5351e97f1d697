import InputLimits
import Paths
public import SafeFiles

/// The tensors of a Hugging Face directory: those of `model.safetensors`, or of all the files that
/// `model.safetensors.index.json` names.
public struct ModelWeights: Sendable {
  /// A tensor and the file that holds it.
  public struct Tensor: Sendable {
    public let entry: TensorEntry
    public let file: MappedFile

    /// The elements' bytes. Valid while `file` lives.
    public var bytes: UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(rebasing: file.bytes[entry.byteRange])
    }
  }

  /// The file, or the index of the files, that the tensors were found by.
  public let path: String
  /// Every file of weights, by path.
  public let files: [MappedFile]
  private let tensors: [String: Tensor]

  /// The names of all tensors, sorted.
  public var names: [String] { tensors.keys.sorted() }

  public subscript(name: String) -> Tensor? { tensors[name] }

  /// Maps the weights of a directory and checks every header.
  public init(directory: String) throws(ModelFileError) {
    let single = directory + "/model.safetensors"
    do throws(ModelFileError) {
      try self.init(files: [Safetensors(path: single)], path: single)
    } catch {
      guard error.code == .file(FileError(.missing, path: single)) else { throw error }
      let index = directory + "/model.safetensors.index.json"
      do throws(ModelFileError) {
        try self.init(index: index, directory: directory)
      } catch  where error.code == .file(FileError(.missing, path: index)) {
        if let other = Self.otherFormat(in: directory) { throw other }
        // A directory without either: the plain name is the one to tell of.
        throw ModelFileError(.file(FileError(.missing, path: single)), path: single)
      }
    }
  }

  /// That weights are there, but in another format.
  private static func otherFormat(in directory: String) -> ModelFileError? {
    let names = DirectoryListing.names(in: directory).sorted()
    if let name = names.first(where: {
      $0 == "pytorch_model.bin" || $0 == "pytorch_model.bin.index.json"
    }) {
      return ModelFileError(
        .unsupported, path: directory + "/" + name,
        "holds weights as a pickle, which is a program and not read; safetensors are",
        help: "convert them: python3 -c \"from transformers import AutoModelForCausalLM as M; "
          + "M.from_pretrained('\(directory)').save_pretrained('\(directory)')\"")
    }
    let single = directory + "/model.safetensors"
    return names.first { $0.hasSuffix(".gguf") }.map {
      ModelFileError(
        .file(FileError(.missing, path: single)), path: single,
        help: "give the file instead of its folder: \(directory)/\($0)")
    }
  }

  /// Names of the index of a directory's shards and of the shards that it names, whether they are there or not;
  /// none where there is no index.
  public static func shardFiles(in directory: String) -> [String] {
    let index = "model.safetensors.index.json"
    guard DirectoryListing.exists("\(directory)/\(index)") else { return [] }
    let file = try? ModelConfigFile(path: "\(directory)/\(index)", limit: .shardIndexBytes)
    guard case .object(let map)? = file?["weight_map"] else { return [index] }
    var shards: Set<String> = []
    for case .string(let shard) in map.members.map(\.value)
    where shard.hasSuffix(".safetensors") && shard.pathParts.count == 1 {
      shards.insert(shard)
    }
    return [index] + shards.sorted()
  }

  private init(index path: String, directory: String) throws(ModelFileError) {
    let root = try ModelConfigFile(path: path, limit: .shardIndexBytes)
    guard case .object(let map) = root["weight_map"] else {
      throw ModelFileError(.invalid, path: path, field: "weight_map", "must be an object")
    }
    var shards: [PathKey: Set<String>] = [:]
    for member in map.members {
      guard case .string(let shard) = member.value, !shard.utf8.contains(UInt8(ascii: "/")) else {
        throw ModelFileError(
          .invalid, path: path, field: "weight_map.\(member.name)",
          "must be the name of a file in the same folder")
      }
      shards[PathKey(shard), default: []].insert(member.name)
    }
    var files: [Safetensors] = []
    for (shard, names) in shards.sorted(by: { $0.key < $1.key }) {
      let file: String
      do throws(FileError) {
        file = try ConfinedPath.resolve(shard.text, in: directory, links: .anywhere)
      } catch { throw ModelFileError(.file(error), path: path, field: "weight_map") }
      let opened = try Safetensors(path: file)
      for name in names.sorted() where opened[name] == nil {
        throw ModelFileError(
          .missing, path: file, field: "tensor '\(name)'",
          "is not in this file, though the index says so")
      }
      files.append(opened)
    }
    try self.init(files: files, path: path)
  }

  private init(files: [Safetensors], path: String) throws(ModelFileError) {
    var tensors: [String: Tensor] = [:]
    for file in files {
      for entry in file.tensors {
        let tensor = Tensor(entry: entry, file: file.file)
        if let other = tensors.updateValue(tensor, forKey: entry.name) {
          throw ModelFileError(
            .invalid, path: file.file.path, field: "tensor '\(entry.name)'",
            "is also in \(other.file.path)")
        }
      }
    }
    self.tensors = tensors
    self.files = files.map(\.file)
    self.path = path
  }
}
