import Synchronization

/// What of the machine a value depends on, besides its inputs.
public enum HostDependence: Hashable, Sendable {
  /// The value is the same everywhere.
  case none
  /// The last digits depend on the kernels' instruction set.
  case kernels
  /// It is a measurement of this machine: times, resident memory.
  case machine
}

/// A file that a value was read from.
public struct ReadFile: Hashable, Sendable {
  /// As the notebook names it, for messages.
  public var name: String
  /// Of the contents, 64 hexadecimal digits.
  public var sha256: String

  public init(name: String, sha256: String) {
    self.name = name
    self.sha256 = sha256
  }
}

/// Where a cell's files are, and how they are hashed.
public struct FileScope: Sendable {
  /// The folder that relative paths start at.
  public let folder: String
  private let hash: @Sendable (String) throws -> String

  public init(folder: String, hash: @escaping @Sendable (String) throws -> String) {
    self.folder = folder
    self.hash = hash
  }

  /// SHA-256 of the file at `path`.
  ///
  /// - Throws: what reading it throws, or `CancellationError`.
  public func sha256(ofFile path: String) throws -> String { try hash(path) }
}

/// What is kept of a value between runs.
public struct StoredResult: Sendable {
  public var value: Value
  public var provenance: [(name: String, value: String)]
  /// How long it took to compute, in seconds.
  public var seconds: Double

  public init(value: Value, provenance: [(name: String, value: String)] = [], seconds: Double = 0) {
    self.value = value
    self.provenance = provenance
    self.seconds = seconds
  }
}

/// A value that was kept: what expressions see of it, and how it was made.
public struct RestoredValue: CellValue {
  public let expressionValue: Value
  public let provenance: [(name: String, value: String)]

  public init(_ stored: StoredResult) {
    expressionValue = stored.value
    provenance = stored.provenance
  }
}

/// Where a cell keeps parts of its value, each under a key of its own, so that a change of one part
/// leaves the others.
public struct PartMemory: Sendable {
  private let makeKey: @Sendable ([String], HostDependence) -> String
  private let read: @Sendable (String) -> StoredResult?
  private let keep: @Sendable (String, StoredResult) -> Void
  private let saved = SavedTime()

  /// Keeps nothing.
  public init() {
    self.init(makeKey: { names, _ in names.joined() }, read: { _ in nil }, keep: { _, _ in })
  }

  public init(
    makeKey: @escaping @Sendable (_ names: [String], _ host: HostDependence) -> String,
    read: @escaping @Sendable (String) -> StoredResult?,
    keep: @escaping @Sendable (String, StoredResult) -> Void
  ) {
    self.makeKey = makeKey
    self.read = read
    self.keep = keep
  }

  /// The part of this identity: as it was kept, or else computed and kept.
  ///
  /// - Parameters:
  ///   - identity: all that the part depends on: its kind with a version, settings, keys of inputs.
  ///   - host: what of the machine it depends on.
  public func part(
    _ identity: [String], host: HostDependence, compute: () async throws -> StoredResult
  ) async throws -> StoredResult {
    let key = makeKey(identity, host)
    if let kept = read(key) {
      saved.add(kept.seconds)
      return kept
    }
    let savedBefore = saved.seconds
    let clock = ContinuousClock()
    let start = clock.now
    var result = try await compute()
    result.seconds = (clock.now - start) / .seconds(1) + saved.seconds - savedBefore
    keep(key, result)
    return result
  }

  /// How long the parts that were found kept took when they were computed, in seconds.
  public var savedSeconds: Double { saved.seconds }

  private final class SavedTime: Sendable {
    private let total = Mutex(0.0)

    var seconds: Double { total.withLock { $0 } }

    func add(_ seconds: Double) { total.withLock { $0 += seconds } }
  }
}
