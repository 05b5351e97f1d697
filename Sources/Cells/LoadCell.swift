public import Diagnostics
import Foundation
public import GPT2
import Hub
import ModelFiles
public import NotebookLanguage
import Paths
import SafeFiles
import StarterModel
import Tokenization

/// ` ```{load} `: a model to be measured and quantized.
public struct LoadCell: Cell {
  public static let name = "load"
  public static let version = 1
  public static let summary = "Loads a model, or makes one with random weights."
  public static let isStored = true
  public static let example = """
    #| label: base
    model: starter
    """

  public static var keys: [SchemaKey<Self>] {
    [
      .required(
        "model", \.model,
        help:
          "starter, a folder in Hugging Face's layout, a .gguf file, llm.c's .bin, a name of the "
          + "Hub such as openai-community/gpt2 or gpt2, or random:gpt2 and its like."),
      .optional(
        "revision", \.revision,
        help: "Branch, tag or commit of a model from the Hub; main unless given."),
      .optional("dtype", \.dtype, help: "Number format of the weights: float32."),
      .optional("seed", \.seed, in: 0...Int.max, help: "Seed of a random model."),
    ]
  }

  var model = Spanned("")
  var revision = Spanned("")
  var dtype = FloatType.float32
  var seed = 0

  public init() {}

  enum FloatType: String, SchemaChoice {
    case float32
    static var subject: String { "dtype" }
    static var aliases: [String: String] {
      ["fp32": "float32", "f32": "float32", "float": "float32"]
    }
  }

  private func source(in folder: String) -> ModelSource {
    ModelSource(model.value, revision: revision.value, in: folder)
  }

  public func check(in scope: CheckScope) -> [Diagnostic] {
    guard scope.knows("model") else { return [] }
    if scope.knows("revision"), let problem = problemOfRevision(in: scope.folder) {
      return [problem]
    }
    if let size = model.value.removing(prefix: "random:"), !size.hasSuffix(".json") {
      return GPT2Config.names.contains(size) ? [] : [unknownSize(size)]
    }
    return scope.folder.flatMap(problemOfFiles).map { [$0] } ?? []
  }

  /// Whether the revision is one, and of something that has revisions.
  private func problemOfRevision(in folder: String?) -> Diagnostic? {
    guard !revision.value.isEmpty else { return nil }
    guard HubName.isRevision(revision.value) else {
      return Diagnostic(
        .unknownValue, "'\(revision.value)' is no branch, tag or commit", at: revision.span)
    }
    if model.value.contains("@") {
      return Diagnostic(
        .conflictingKeys, "'model' names a revision already", at: revision.span,
        help: "leave one of them out")
    }
    if case .hub = source(in: folder ?? "") { return nil }
    guard folder != nil || !ModelSource.isHubName(model.value) else { return nil }
    return Diagnostic(
      .conflictingKeys, "only a model from the Hub has revisions, and '\(model.value)' is none",
      at: revision.span)
  }

  /// What the configuration and the headers show; nil where the files are missing, which is told with all
  /// that a cell reads.
  private func problemOfFiles(in folder: String) -> Diagnostic? {
    do throws(GPT2Error) {
      if let file = model.value.removing(prefix: "random:") {
        // What may not be read is told with the files that are missing.
        guard let path = try? NamedPath.resolve(file, in: folder),
          FileManager.default.fileExists(atPath: path)
        else { return nil }
        do throws(ModelFileError) { _ = try GPT2Config(path: path) } catch {
          throw GPT2Error.file(error)
        }
      } else if model.value != "starter", let path = source(in: folder).path {
        try GPT2Model.checkHeaders(path: path)
      }
      return nil
    } catch {
      let found = diagnostic(for: error, in: folder)
      return found.code.isMissingResource ? nil : found
    }
  }

  /// What can be known of the model before anything has run.
  ///
  /// - Parameter folder: where the notebook's paths start; nil where files are not to be looked at.
  func known(in folder: String?) -> KnownModel {
    var known = KnownModel(name: model.value)
    if let size = model.value.removing(prefix: "random:") {
      known.missingTokenizer = .randomWeights
      known.config =
        size.hasSuffix(".json")
        ? folder.flatMap { try? NamedPath.resolve(size, in: $0) }.flatMap {
          try? GPT2Config(path: $0)
        }
        : GPT2Config.named(size)
      return known
    }
    let source = source(in: folder ?? "")
    if case .hub(let name) = source, folder != nil { known.config = HubModel.cachedConfig(name) }
    guard folder != nil || model.value == "starter", let path = source.path else { return known }
    if ModelPath.isFile(path) {
      let headers = try? GPT2Model.checkHeaders(path: path)
      known.config = headers?.config
      if headers?.hasTokenizer == false { known.missingTokenizer = .noneInFile }
    } else {
      known.config = try? GPT2Config(path: path + "/config.json")
      if !ModelPath.files(at: path).isEmpty, !Tokenizer.isPresent(in: path) {
        known.missingTokenizer = .noFiles
      }
    }
    return known
  }

  private func unknownSize(_ name: String) -> Diagnostic {
    .unknown(
      "size of random model", name, among: GPT2Config.names, .unknownValue, at: model.span)
  }

  public func shape(in scope: CheckScope) -> Shape {
    .fields([
      "name": .text, "parameters": .number, "layers": .number, "context": .number,
      "bytes": .bytes, "sha256": .text,
    ])
  }

  public static let fileKeys = ["model", "revision"]

  public func fetch(in context: FetchContext) async throws {
    guard case .hub(let name) = source(in: context.folder) else { return }
    _ = try await HubModel.fetch(
      name, isOffline: context.isOffline, at: model.span,
      revision: revision.value.isEmpty ? nil : revision.span,
      note: model.value.hasPrefix("hf://")
        ? nil : Diagnostic.Note("no folder is at the path '\(model.value)'"),
      progress: context.progress)
  }

  public func files(in scope: FileScope) throws -> [ReadFile] {
    if let size = model.value.removing(prefix: "random:") {
      guard size.hasSuffix(".json") else { return [] }
      let path: String
      do throws(FileError) { path = try NamedPath.resolve(size, in: scope.folder) } catch {
        throw diagnostic(for: error)
      }
      return try hashes([(size, path)], in: scope)
    }
    let source = source(in: scope.folder)
    if case .forbidden(let error) = source { throw diagnostic(for: error) }
    var path = source.path ?? ""
    var name = model.value
    if case .hub(let hubName) = source {
      guard let snapshot = HubModel.cached(hubName) else {
        throw HubModel.notCached(hubName, at: model.span)
      }
      path = snapshot.path
      name = snapshot.fixedName
      if ModelPath.isFile(path) { name += "/" + ModelPath.name(of: path) }
    }
    let files = ModelPath.files(at: path)
    guard !files.isEmpty else { throw missing(in: scope.folder) }
    if ModelPath.isFile(path) {
      let beside = name.pathNames.dropLast().map { $0 + "/" }.joined()
      return try hashes(
        files.map { ($0 == path ? name : beside + ModelPath.name(of: $0), $0) }, in: scope)
    }
    return try hashes(files.map { ("\(name)/\(ModelPath.name(of: $0))", $0) }, in: scope)
  }

  /// The files stand for their folder, which may be called anything. A seed makes random weights alone.
  public func settled(_ settings: [Setting], in scope: KeyScope) -> [Setting] {
    let size = model.value.removing(prefix: "random:")
    return settings.compactMap { setting in
      var setting = setting
      switch setting.path {
      case "model" where size == nil: setting.text = "files"
      case "model" where size?.hasSuffix(".json") == true: setting.text = "random:file"
      case "seed" where size == nil: return nil
      case "revision": return nil
      default: break
      }
      return setting
    }
  }

  public func contentNames(
    of result: StoredResult, files: [ReadFile]
  ) -> [(name: String, sha256: String)] {
    guard case .text(let sha256)? = result.value[path: "sha256"] else { return [] }
    let identity = LoadedModel.identity(weights: sha256, files: files)
    let isPath = model.value != "starter" && !model.value.hasPrefix("random:")
    var name = isPath ? URL(fileURLWithPath: model.value).lastPathComponent : model.value
    var origin = ""
    // A snapshot's files are called by the repository and its commit.
    if let file = files.first?.name, let at = file.firstIndex(of: "@"),
      let hubName = HubName(String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)])),
      HubName.isCommit(hubName.revision), at != file.startIndex
    {
      name = hubName.repository
      origin = " from the Hub at commit \(hubName.revision)"
    }
    return [(name, identity), (origin, LoadedModel.origin(of: identity))]
  }

  private func hashes(
    _ files: [(name: String, path: String)], in scope: FileScope
  ) throws -> [ReadFile] {
    do {
      return try files.map {
        ReadFile(name: $0.name, sha256: try scope.sha256(ofFile: $0.path))
      }
    } catch let error as FileError { throw diagnostic(for: error) }
  }

  private func diagnostic(for error: FileError) -> Diagnostic {
    Diagnostic.forbiddenPath(error, named: error.path, at: model.span)
      ?? Diagnostic(
        error.code == .missing ? .missingModel : .invalidModel, error.description, at: model.span)
  }

  public func run(in context: CellContext) async throws -> LoadedModel {
    try LoadedModel(model: load(in: context), files: context.files)
  }

  private func load(in context: CellContext) throws -> GPT2Model {
    let progress: ProgressHandler = { context.progress(CellProgress($0)) }
    do {
      if let size = model.value.removing(prefix: "random:") {
        let name =
          size.hasSuffix(".json") ? try NamedPath.resolve(size, in: context.folder) : size
        return try GPT2Model.randomIfItFits(named: name, seed: UInt64(seed), at: model.span)
      }
      if model.value == "starter" {
        return try GPT2Model.load(
          path: StarterModel.directory.path, name: "starter", progress: progress)
      }
      let source = source(in: context.folder)
      if case .forbidden(let error) = source { throw error }
      if case .hub(let name) = source, source.path == nil {
        throw HubModel.notCached(name, at: model.span)
      }
      return try GPT2Model.load(
        path: source.path ?? "", name: URL(fileURLWithPath: model.value).lastPathComponent,
        progress: progress)
    } catch let error as GPT2Error {
      throw diagnostic(for: error, in: context.folder)
    } catch let error as FileError { throw diagnostic(for: error) }
  }

  private func diagnostic(for error: GPT2Error, in folder: String) -> Diagnostic {
    if case .unknownSize(let name) = error { return unknownSize(name) }
    if case .file(let error) = error, case .file(let error) = error.code,
      let forbidden = Diagnostic.forbiddenPath(error, named: error.path, at: model.span)
    {
      return forbidden
    }
    let found = Diagnostic.unusable(error, at: model.span)
    if found.code == .notEnoughMemory { return found }
    if case .folder(let path) = source(in: folder), !FileManager.default.fileExists(atPath: path) {
      return missing(in: folder)
    }
    return found
  }

  private func missing(in folder: String) -> Diagnostic {
    if case .folder(let path) = source(in: folder), FileListing.isFolder(path) {
      return Diagnostic(
        .missingModel, "the folder '\(model.value)' holds no model", at: model.span,
        help: "a model's folder has config.json and model.safetensors")
    }
    return Diagnostic(
      .missingModel, "no model is called '\(model.value)', and no folder or file is at that path",
      at: model.span,
      help: HubModel.suggestion(forPage: model.value)
        ?? FileSuggestion.help(
          for: model.value, shipped: Catalogue.models.map(\.text), folder: folder)
        ?? "give 'starter', 'random:gpt2', a name of the Hub such as 'openai-community/gpt2', a "
        + "folder with config.json and model.safetensors, or a .gguf file")
  }
}

/// A model, as loaded.
public struct LoadedModel: CellValue, LabelTarget {
  public static let cellKinds = ["load"]

  public let model: GPT2Model
  /// Of the weights.
  let sha256: String
  /// Of all files that the model was read from: equal texts, equal models and tokenizers.
  let identity: String

  init(model: GPT2Model, files: [ReadFile]) throws(CancellationError) {
    self.model = model
    let weights = files.filter { ModelPath.isWeights($0.name) }
    switch weights.count {
    case 0: sha256 = try model.sha256()
    case 1: sha256 = weights[0].sha256
    default:
      var hash = ContentHash()
      for file in weights { hash.update(file.sha256) }
      sha256 = hash.finalize()
    }
    identity = Self.identity(weights: sha256, files: files)
  }

  static func identity(weights: String, files: [ReadFile]) -> String {
    var hash = ContentHash()
    hash.update(weights)
    for file in files { hash.update(file.sha256) }
    return hash.finalize()
  }

  /// What stands in values that are kept for where contents of this identity came from.
  static func origin(of identity: String) -> String {
    ContentHash.sha256(of: "origin \(identity)")
  }

  /// What stands for its name in values that are kept.
  var nameToken: String { ContentNames.token(for: identity) }

  /// Where its quantized tensors are kept. Those of a random model are made as quickly as read.
  func tensorStore(in context: CellContext) -> TensorStore? {
    guard let folder = context.cacheFolder, case .files = model.source else { return nil }
    return TensorStore(BlobStore(folder: folder), weights: identity) {
      context.droppedDamage("the quantized tensor \($0)")
    }
  }

  public var expressionValue: Value {
    .record(
      Record([
        "name": .text(nameToken), "parameters": .count(model.parameterCount),
        "layers": .count(model.config.layerCount), "context": .count(model.config.contextLength),
        "bytes": .bytes(model.reportedBytes), "sha256": .text(sha256),
      ]))
  }

  public var provenance: [(name: String, value: String)] {
    [
      (
        "Model",
        "\(nameToken)\(ContentNames.token(for: Self.origin(of: identity))), "
          + "\(DisplayedValue(.count(model.parameterCount)).text) parameters, weights' SHA-256 \(sha256)"
      )
    ]
  }
}

extension String {
  func removing(prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}

extension CellProgress {
  init(_ update: ProgressUpdate) {
    self.init(
      activity: update.activity, completed: update.completed, total: update.total,
      unit: update.unit)
  }
}
