private import Synchronization

/// The bounds that hold for all input, `Limit` by `Limit`.
public struct Limits: Hashable, Sendable {
  private var changed: [Limit: Int] = [:]

  /// The usual ones.
  public init() {}

  /// The bound, in the limit's unit; between its `lowest` and its `most`.
  public subscript(limit: Limit) -> Int {
    get { changed[limit] ?? limit.usual }
    set { changed[limit] = max(limit.lowest, min(newValue, limit.most)) }
  }

  // MARK: - Those that hold

  /// Those of the process; the threads of downloads and of the preview see no task's.
  private static let chosen = Mutex(Limits())
  @TaskLocal private static var ofTask: Limits?

  /// The bounds that hold: those given to `with`, else those of the process.
  public static var current: Limits { ofTask ?? chosen.withLock { $0 } }

  /// Makes these the process's, as the command does once, before anything is read.
  public static func choose(_ limits: Limits) { chosen.withLock { $0 = limits } }

  /// Runs `body` with some bounds in the place of the current ones, for the task alone.
  @discardableResult
  public static func with<Result, Failure>(
    _ changes: [Limit: Int], _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var limits = current
    for (limit, value) in changes { limits[limit] = value }
    let result: Swift.Result<Result, Failure> = $ofTask.withValue(limits) {
      do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
    }
    return try result.get()
  }
}
