/// What a cell may use while it brings to this machine what it reads.
public struct FetchContext: Sendable {
  /// The folder that relative paths start at.
  public let folder: String
  /// Whether no other machine may be asked.
  public let isOffline: Bool
  public let progress: @Sendable (CellProgress) -> Void

  public init(
    folder: String, isOffline: Bool = false,
    progress: @escaping @Sendable (CellProgress) -> Void = { _ in }
  ) {
    self.folder = folder
    self.isOffline = isOffline
    self.progress = progress
  }
}
