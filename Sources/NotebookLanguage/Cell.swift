public import Diagnostics
import Paths

/// What stands between fences with a name in braces, as documentation sees it.
public protocol Directive: SchemaRecord {
  /// What is written in the braces, such as `quantize`.
  static var name: String { get }
  /// What it does, in a line.
  static var summary: String { get }
  /// One as it might be written, between the fences.
  static var example: String { get }
  /// Whether a list where a key wants a single value makes a sweep.
  static var allowsSweep: Bool { get }
}

extension Directive {
  public static var allowsSweep: Bool { false }
}

/// A directive that computes something: its YAML body says what.
///
/// One file conforms to it for each directive, in a module that knows the engine; the language
/// itself runs nothing. The properties' initial values are the documented defaults.
public protocol Cell: Directive {
  associatedtype Value: CellValue
  /// Of keys and meaning together; part of the cache key.
  static var version: Int { get }
  /// What it shows under a caption; nil where that has none.
  static var captionKind: CaptionKind? { get }
  /// Whether the value is kept between runs; cells that only lay results out are computed anew.
  static var isStored: Bool { get }
  /// Keys of the body that say only what the value is called: no part of its key.
  static var presentationKeys: Set<String> { get }
  /// The settings that decide the value, for its key: with what follows from other keys filled in, and
  /// without what has no effect here.
  ///
  /// - Parameter settings: of the body, with the schema's defaults.
  func settled(_ settings: [Setting], in scope: KeyScope) -> [Setting]
  /// What tells a file apart from the others that the value is read from, whatever it is called: it
  /// stands for the name in the key.
  func role(ofFile name: String) -> String
  /// The names that this cell gives to contents, each with their SHA-256.
  ///
  /// - Parameter result: as `run` made it.
  func contentNames(of result: StoredResult, files: [ReadFile]) -> [(name: String, sha256: String)]
  /// A result of this cell's key under the names that this notebook has for it and its contents.
  func named(_ result: StoredResult, by names: ContentNames) -> StoredResult
  /// What the schema cannot see: names of tensors, paths into other results.
  func check(in scope: CheckScope) -> [Diagnostic]
  /// Fields that the value will have.
  func shape(in scope: CheckScope) -> Shape
  /// Parts of the value that get a name of their own in expressions: name and path.
  var publishedNames: [PublishedName] { get }
  /// The keys whose values say which files the value is read from.
  static var fileKeys: [String] { get }
  /// Brings to this machine what the value is read from and is not there yet. A run calls it before
  /// `files`; what runs nothing does not.
  ///
  /// - Throws: `Diagnostic`, or `CancellationError`.
  func fetch(in context: FetchContext) async throws
  /// The files that the value is read from, with their contents' hashes: part of its key.
  ///
  /// - Throws: `Diagnostic` for a file that cannot be read, or `CancellationError`.
  func files(in scope: FileScope) throws -> [ReadFile]
  /// What of the machine the value depends on.
  var hostDependence: HostDependence { get }
  /// Computes the value.
  ///
  /// - Throws: `Diagnostic`, `DiagnosticList`, or `CancellationError`.
  func run(in context: CellContext) async throws -> Value
  /// The value as it was kept, without what only computing gives.
  func restored(from stored: StoredResult) -> any CellValue
  /// What the report shows in the place of a cell that was swept; nil for nothing.
  static func display(ofSweep record: NotebookLanguage.Value) -> Display?
}

extension Cell {
  public static var typeName: String { "the body of a \(name) cell" }
  public static var example: String { "" }
  public var publishedNames: [PublishedName] { [] }
  public static var captionKind: CaptionKind? { nil }
  public static var isStored: Bool { false }
  public static var presentationKeys: Set<String> { [] }
  public var hostDependence: HostDependence { .none }
  public func check(in scope: CheckScope) -> [Diagnostic] { [] }
  public static var fileKeys: [String] { [] }
  public func files(in scope: FileScope) throws -> [ReadFile] { [] }
  public func restored(from stored: StoredResult) -> any CellValue { RestoredValue(stored) }
  public func settled(_ settings: [Setting], in scope: KeyScope) -> [Setting] { settings }
  public func role(ofFile name: String) -> String {
    String(name.afterLastSlash)
  }
  public func fetch(in context: FetchContext) async throws {}
  public func contentNames(
    of result: StoredResult, files: [ReadFile]
  ) -> [(name: String, sha256: String)] { [] }
  public func named(_ result: StoredResult, by names: ContentNames) -> StoredResult {
    names.set(in: result)
  }
  public static func display(ofSweep record: NotebookLanguage.Value) -> Display? { nil }
}

/// A name in expressions for a part of a cell's value.
public struct PublishedName: Hashable, Sendable {
  public var name: String
  /// Dotted path in the cell's value.
  public var path: String
  public var span: SourceSpan?

  public init(_ name: String, path: String, at span: SourceSpan?) {
    self.name = name
    self.path = path
    self.span = span
  }
}

/// What a cell computes.
public protocol CellValue: Sendable {
  /// What expressions and the results file see.
  var expressionValue: Value { get }
  /// What the report shows in the cell's place; nil for cells that only compute.
  ///
  /// - Parameter record: `expressionValue`, which may have been costly to make.
  func display(of record: Value) -> Display?
  /// How the value was made, for the report's last section: name and fact.
  var provenance: [(name: String, value: String)] { get }
  /// Expectations of the author that do not hold: the report is written, but says so.
  var unmetExpectations: [Diagnostic] { get }
}

extension CellValue {
  public func display(of record: Value) -> Display? { nil }
  public var provenance: [(name: String, value: String)] { [] }
  public var unmetExpectations: [Diagnostic] { [] }
}

/// A table or figure, without its caption.
public enum Display: Hashable, Sendable {
  case table(Table)
  case chart(Chart)
}

/// How far a cell is.
public struct CellProgress: Hashable, Sendable {
  /// What is being done, such as `quantizing to nf4`.
  public var activity: String
  public var completed: Int
  public var total: Int
  /// What is counted, such as `tensors`.
  public var unit: String

  public init(activity: String, completed: Int, total: Int, unit: String) {
    self.activity = activity
    self.completed = completed
    self.total = total
    self.unit = unit
  }
}
