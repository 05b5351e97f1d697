/// A file of a rendered report.
public struct ReportFile: Hashable, Sendable {
  /// Relative to the report's own folder.
  public var path: String
  public var contents: [UInt8]

  public init(path: String, contents: [UInt8]) {
    self.path = path
    self.contents = contents
  }

  /// The UTF-8 of `text`.
  public init(path: String, text: String) { self.init(path: path, contents: Array(text.utf8)) }
}
