// The Hub: models, and files of data sets, that have a name instead of a path.
//
// How a name becomes a folder, file by file of this module:
//
//   HubName          owner/name[@revision], what may be written
//   HubSettings      where the cache is, whom to ask, the token: huggingface_hub's variables
//   HubCache         models--owner--name/{refs,snapshots,blobs}: what is there already
//   HubTransport     one exchange by URLSession: no redirect followed, no answer of unbounded size
//   HubEndpoint      requests of the Hub: redirects, who may see the token, repetition after failures
//   HubMetadata      what a HEAD request tells of a file: commit, ETag, size
//   HubDownload      one file into the cache: locked, resumed, verified, moved
//   ModelRepository  which files of a repository make a model
//   HubClient        all of it: the cache if it has them, else the Hub
//   HubError         what can go wrong, and what to do about it
//
// The cache is huggingface_hub's own, read and written by the same rules: either program uses what the
// other fetched, and both may run at once. What differs: a snapshot in the cache is used without asking
// whether the branch has moved; a download goes on where it stopped (`<etag>.incomplete`, as huggingface_hub
// did in earlier versions); and every file's hash is compared with its ETag. Revisions enter `refs` only once
// all files are there, so that a download that was cut short does not hide an earlier snapshot.
//
// Source: huggingface_hub 2.4, `file_download.py` and `constants.py`.

/// What a repository of the Hub holds.
public enum HubRepositoryKind: String, Hashable, Sendable {
  case model, dataset

  /// What the repository's folder in the cache begins with: `models`.
  public var plural: String { rawValue + "s" }

  /// What addresses of its files have before the name.
  var resolvePrefix: String { self == .model ? "" : plural + "/" }
}

/// The name of a repository on the Hub, with a revision and perhaps a file.
public struct HubName: Hashable, Sendable {
  public var kind: HubRepositoryKind
  /// `openai-community/gpt2`; without a slash for the few repositories that have no owner.
  public var repository: String
  /// A branch, a tag, a commit, or `refs/pr/1`.
  public var revision = Self.mainRevision
  /// One file that is meant, in place of the model's folder: `model-q8_0.gguf`.
  public var file: String?

  public static let mainRevision = "main"

  /// Reads `owner/name`, `owner/name@revision`, either with `/file.gguf` after it and `hf://` before it,
  /// and the names that GPT-2's sizes had before owners: `gpt2`, `gpt2-xl`, `distilgpt2`.
  ///
  /// - Returns: nil for what is none of these, as most paths are not.
  public init?(_ text: String, kind: HubRepositoryKind = .model) {
    var text = Substring(text)
    if text.hasPrefix("hf://") { text = text.dropFirst(5) }
    // URIs of the Hub have a data set's kind before its name. `models/…` is rather a folder.
    if kind == .dataset, text.hasPrefix("datasets/") { text = text.dropFirst(9) }
    var file: Substring?
    if text.hasSuffix(".gguf"), let slash = text.lastIndex(of: "/") {
      file = text[text.index(after: slash)...]
      text = text[..<slash]
    }
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let repository = parts.first.map(String.init) else { return nil }
    if !repository.contains("/") {
      guard kind == .model, let owner = Self.formerNames[repository] else { return nil }
      self.repository = "\(owner)/\(repository)"
    } else {
      guard Self.isRepository(repository) else { return nil }
      self.repository = repository
    }
    self.kind = kind
    if parts.count == 2 {
      guard Self.isRevision(String(parts[1])) else { return nil }
      revision = String(parts[1])
    }
    if let file {
      guard Self.isFile(String(file)) else { return nil }
      self.file = String(file)
    }
  }

  /// One file of a data set.
  ///
  /// - Parameter file: its path in the repository.
  public init(dataset repository: String, revision: String, file: String) {
    kind = .dataset
    self.repository = repository
    self.revision = revision
    self.file = file
  }

  /// As it is written: `openai-community/gpt2`, with the revision where it is another than `main`.
  public var text: String {
    repository + (revision == Self.mainRevision ? "" : "@" + revision)
      + (file.map { "/" + $0 } ?? "")
  }

  /// Owners of the repositories that the Hub redirects names without an owner to.
  static let formerNames = [
    "gpt2": "openai-community", "gpt2-medium": "openai-community", "gpt2-large": "openai-community",
    "gpt2-xl": "openai-community", "distilgpt2": "distilbert",
  ]

  /// The names that the cache may have the repository under, this one first.
  var cachedRepositories: [String] {
    guard let slash = repository.firstIndex(of: "/") else { return [repository] }
    let name = String(repository[repository.index(after: slash)...])
    let isFormer = kind == .model && Self.formerNames[name] == String(repository[..<slash])
    return isFormer ? [repository, name] : [repository]
  }

  /// Whether it is a repository's name by huggingface_hub's `validate_repo_id`, with an owner.
  static func isRepository(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, text.utf8.count <= 96, !text.contains("--"), !text.contains(".."),
      !text.hasSuffix(".git")
    else { return false }
    return parts.allSatisfy { part in
      guard let first = part.utf8.first, let last = part.utf8.last else { return false }
      return part.utf8.allSatisfy {
        isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
      }
        && isWord(first) && isWord(last)
    }
  }

  /// Whether it can be a revision, and is a path that stays inside a folder.
  public static func isRevision(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return 1...200 ~= text.utf8.count
      && parts.allSatisfy { part in
        guard let first = part.utf8.first else { return false }
        return isWord(first) && !part.contains("..")
          && part.utf8.allSatisfy {
            isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
              || $0 == UInt8(ascii: "+")
          }
      }
  }

  /// Whether it is the full name of a commit: 40 hexadecimal digits.
  public static func isCommit(_ text: String) -> Bool {
    text.utf8.count == 40
      && text.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
  }

  /// Whether it can name a file at the top of a repository: no path, nothing hidden.
  public static func isFile(_ text: String) -> Bool {
    1...200 ~= text.utf8.count && !text.hasPrefix(".") && !text.hasPrefix("-")
      && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte || byte == UInt8(ascii: "_")
  }
}
