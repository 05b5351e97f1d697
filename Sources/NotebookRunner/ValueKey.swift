import NotebookLanguage
import SafeFiles

/// The identity of a value: all that it depends on, piece by piece, so that it can be said what
/// changed. `#|` lines, prose and the names of labels, files and results are no part of it.
///
/// Reference: section 2.9 of the language's design.
public struct ValueKey: Hashable, Sendable {
  /// The directive and its version, such as `quantize/2`.
  public var cell: String
  /// What the body sets, defaults filled in: path and text; a label as `@name`.
  public var settings: [String: String]
  /// Contents of the cells that it names, by label.
  public var inputs: [String: String]
  /// SHA-256 of the files read, by the name that the notebook gives them.
  public var files: [String: String]
  /// Version of the kernels' arithmetic.
  public var engine: String
  /// What of the machine the value depends on; empty where it is the same everywhere.
  public var host: [String: String]
  /// SHA-256 of all but the machine.
  public let content: String
  /// SHA-256 of everything.
  public let hash: String

  /// - Parameter settings: as `Cell.settled` gave them.
  init(
    of cell: any Cell, settings: [Setting], inputs: [String: String], files: [ReadFile],
    engine: EngineIdentity
  ) {
    let type = type(of: cell)
    self.cell = "\(type.name)/\(type.version)"
    self.settings = Dictionary(
      settings.map { ($0.path, $0.isLabel ? "@\($0.text)" : $0.text) }, uniquingKeysWith: { $1 })
    self.inputs = inputs
    self.files = Dictionary(files.map { ($0.name, $0.sha256) }, uniquingKeysWith: { $1 })
    self.engine = engine.version
    host = engine.facts(for: cell.hostDependence)
    // A label counts by what it stands for, so that renaming it changes nothing.
    let texts = settings.sorted { $0.path < $1.path }.map { setting in
      [setting.path, setting.isLabel ? inputs[setting.text] ?? "" : setting.text]
    }
    let contents = files.map { [cell.role(ofFile: $0.name), $0.sha256] }
    content = Self.hash([[self.cell, self.engine]] + texts + [["files"]] + contents)
    hash = Self.hash([[content]] + host.sorted { $0.key < $1.key }.map { [$0.key, $0.value] })
  }

  /// The key as it was written down earlier.
  init(
    cell: String, settings: [String: String], inputs: [String: String], files: [String: String],
    engine: String, host: [String: String], content: String, hash: String
  ) {
    self.cell = cell
    self.settings = settings
    self.inputs = inputs
    self.files = files
    self.engine = engine
    self.host = host
    self.content = content
    self.hash = hash
  }

  /// SHA-256, 64 digits, of lists of texts; their lengths keep neighbours apart.
  static func hash(_ lists: [[String]]) -> String {
    var hash = ContentHash()
    for list in lists {
      hash.update("\(list.count)")
      for text in list { hash.update("\(text.utf8.count):\(text)") }
    }
    return hash.finalize()
  }
}

/// The program and machine, as far as values depend on them.
public struct EngineIdentity: Sendable {
  /// Version of the kernels' arithmetic: results of another are not comparable bit by bit.
  public var version: String
  /// The instruction set in use.
  public var kernels: [String: String]
  /// What times and resident memory depend on: processor, threads, build; without `kernels`.
  public var machine: [String: String]

  public init(
    version: String = "", kernels: [String: String] = [:], machine: [String: String] = [:]
  ) {
    self.version = version
    self.kernels = kernels
    self.machine = machine
  }

  func facts(for dependence: HostDependence) -> [String: String] {
    switch dependence {
    case .none: [:]
    case .kernels: kernels
    case .machine: kernels.merging(machine) { $1 }
    }
  }
}
