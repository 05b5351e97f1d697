public import NotebookLanguage
public import SafeFiles

/// How a notebook is run: what is kept, what is computed anew, when to give up.
public struct RunOptions: Sendable {
  public var engine = EngineIdentity()
  /// Program, kernels, machine and date in few words: what measurements of this run are made with.
  public var setting: String?
  /// Where results are kept between runs; nil where they are not.
  public var cache: ResultCache?
  /// What is computed although it was kept.
  public var refresh: [CellAddress] = []
  /// Render these results without computing anything.
  public var frozen: CommittedResults?
  /// Go on with what does not depend on a failed cell.
  public var keepGoing = false
  /// The longest that a cell may take, where the notebook does not say.
  public var timeout: TimeSpan?
  /// Ask no other machine for what is not here.
  public var isOffline = false
  /// What the notebook's cells may read; nil for all that the user may.
  public var readable: ReadableFolders?
  /// SHA-256 of the file at a path.
  public var fileHash: @Sendable (_ path: String) throws -> String = {
    try MappedFile(path: $0).sha256()
  }

  public init() {}
}
