/// How far a long computation has come.
public struct ProgressUpdate: Hashable, Sendable {
  /// What is being done, such as "perplexity of nf4".
  public var activity: String
  public var completed: Int
  public var total: Int
  /// What is counted, in the plural: "windows", "tensors", "samples".
  public var unit: String

  public init(activity: String, completed: Int, total: Int, unit: String) {
    self.activity = activity
    self.completed = completed
    self.total = total
    self.unit = unit
  }
}

/// Receives the progress of a long computation, on the thread that computes.
public typealias ProgressHandler = @Sendable (ProgressUpdate) -> Void
