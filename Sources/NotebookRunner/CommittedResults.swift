public import Diagnostics
import InputLimits
public import NotebookLanguage
import SafeFiles

/// A results file of an earlier run, read again: for rendering without computing, for saying what is
/// stale, and for comparing runs.
public struct CommittedResults: Sendable {
  /// One cell's entry.
  public struct Entry: Sendable {
    public var kind: String
    /// `computed`, `cached`, `frozen`, `failed` or `skipped`.
    public var state: String
    /// One for each of a sweep's values, by its address; one with an empty address for other cells.
    public var variants: [Variant]
  }

  public struct Variant: Sendable {
    public var address: [String]
    public var key: ValueKey
    public var result: StoredResult
    /// Whether the value is not the one that a run wrote: somebody changed it by hand.
    public var isEdited = false
  }

  /// Path of the file, for messages.
  public let path: String
  public let cells: [String: Entry]
  /// Parameters of the run, as texts.
  public let parameters: [String: String]
  /// Facts about the program and the machine.
  public let engine: [String: String]
  public let host: [String: String]
  public let notebookSHA256: String?

  /// Reads the file at `path`.
  ///
  /// - Throws: `Diagnostic` for a file that is missing, is no results file, or is of a later schema.
  public init(path: String) throws(Diagnostic) {
    let file: MappedFile
    do throws(FileError) { file = try MappedFile(path: path, limit: .resultsBytes) } catch {
      throw Diagnostic(
        error.code == .missing ? .missingResults : .invalidResults, error.description, at: nil)
    }
    let json: JSONValue
    do throws(JSONError) { json = try JSONReader.read(file.bytes) } catch {
      throw Diagnostic(.invalidResults, "\(path) is no results file: \(error)", at: nil)
    }
    try self.init(json, path: path)
  }

  /// The results that a file with this text would hold.
  public init(json text: String, path: String) throws(Diagnostic) {
    let json: JSONValue
    do throws(JSONError) { json = try JSONReader.read(Array(text.utf8)) } catch {
      throw Diagnostic(.invalidResults, "\(path) is no results file: \(error)", at: nil)
    }
    try self.init(json, path: path)
  }

  private init(_ json: JSONValue, path: String) throws(Diagnostic) {
    guard case .object(let root) = json, case .string(let schema)? = root["schema"],
      schema.hasPrefix(ResultsFile.schemaName + "/"),
      let version = Int(schema.dropFirst(ResultsFile.schemaName.count + 1))
    else {
      throw Diagnostic(
        .invalidResults, "\(path) is no results file: it names no schema of Quantbook's", at: nil)
    }
    guard version <= ResultsFile.schemaVersion else {
      throw Diagnostic(
        .invalidResults,
        "\(path) has the schema \(schema), and this program knows "
          + "\(ResultsFile.schemaName)/\(ResultsFile.schemaVersion)", at: nil,
        help: "use a newer version of Quantbook")
    }
    self.path = path
    parameters = Self.texts(root["params"])
    engine = Self.texts(root["engine"])
    host = Self.texts(root["host"])
    if case .object(let notebook)? = root["notebook"] {
      notebookSHA256 = notebook["sha256"]?.asText
    } else {
      notebookSHA256 = nil
    }
    var cells: [String: Entry] = [:]
    if case .object(let members)? = root["cells"] {
      for member in members.members {
        guard case .object(let object) = member.value else { continue }
        cells[member.name] = Self.entry(object, version: version)
      }
    }
    self.cells = cells
  }

  private static func entry(_ object: JSONObject, version: Int) -> Entry {
    let isSealed = version >= ResultsFile.firstSealedVersion
    var variants: [Variant] = []
    if case .array(let list)? = object["variants"] {
      var shared = SharedEntries()
      var previous: JSONValue?
      for case .object(let variant) in list {
        var address: [String] = []
        if case .array(let names)? = variant["address"] { address = names.compactMap(\.asText) }
        var value = address.reduce(object["value"]) { value, name in
          if case .object(let record)? = value { record[name] } else { nil }
        }
        if version >= ResultsFile.firstSharingVersion, let written = value, let previous {
          value = shared.whole(written, after: previous)
        }
        previous = value
        if let read = Self.variant(
          variant, at: address, value: value, isSealed: isSealed)
        {
          variants.append(read)
        }
      }
    } else if let read = variant(object, at: [], isSealed: isSealed) {
      variants.append(read)
    }
    return Entry(
      kind: object["kind"]?.asText ?? "", state: object["state"]?.asText ?? "",
      variants: variants)
  }

  private static func variant(
    _ object: JSONObject, at address: [String], value: JSONValue? = nil, isSealed: Bool
  ) -> Variant? {
    guard let hash = object["key"]?.asText,
      let key = KeyCoding.key(object["depends"], hash: hash),
      let result = StoredResultCoding.result(object, value: value)
    else { return nil }
    let seal = StoredResultCoding.seal(result, key: hash)
    return Variant(
      address: address, key: key, result: result,
      isEdited: isSealed && object["sealed"]?.asText != seal)
  }

  /// The members of an object as texts, numbers in their shortest form.
  private static func texts(_ json: JSONValue?) -> [String: String] {
    guard case .object(let object)? = json else { return [:] }
    return Dictionary(
      object.members.compactMap { member -> (String, String)? in
        text(member.value).map { (member.name, $0) }
      }, uniquingKeysWith: { $1 })
  }

  /// A value as a report shows it; nil for what is no single value and no list of them.
  private static func text(_ json: JSONValue) -> String? {
    switch json {
    case .string(let text): text
    case .integer(let whole): "\(whole)"
    case .number(let number): "\(number)"
    case .boolean(let bool): "\(bool)"
    case .array(let entries): entries.compactMap(text).joined(separator: ", ")
    case .null, .object: nil
    }
  }

  /// The values that somebody changed by hand: `grid[nf4, 64]`.
  public var editedValues: [String] {
    cells.sorted { $0.key < $1.key }.flatMap { name, entry in
      entry.variants.filter(\.isEdited).map { FieldPath.text(of: [name] + $0.address) }
    }
  }

  /// What was kept of a cell's value.
  func variant(ofCell name: String, address: [String]) -> Variant? {
    cells[name]?.variants.first { $0.address == address }
  }
}
