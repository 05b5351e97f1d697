import ArgumentParser
import Cells
import Foundation
import NotebookLanguage
import Paths
import SafeFiles

/// `--allow-path FOLDER`: what a notebook may read beside its own folder.
struct ReadingOptions: ParsableArguments {
  @Option(
    name: .customLong("allow-path"), parsing: .singleValue,
    help: ArgumentHelp(
      "Let the notebook read this folder too; without it only its own folder, the Hub's cache and what -P "
        + "and --params name. May be given several times.", valueName: "folder"),
    completion: .directory)
  var folders: [String] = []

  @OptionGroup var limits: LimitOptions

  init() {}

  /// For what reads a notebook without any.
  static var none: Self {
    var options = Self()
    options.folders = []
    options.limits = LimitOptions()
    options.limits.settings = []
    return options
  }

  /// What a notebook may read.
  ///
  /// - Parameters:
  ///   - folder: the notebook's own.
  ///   - settings: what the command line gives its parameters: a path among them is the user's word, and may
  ///     start where the user stands.
  ///   - hasStandardInput: whether standard input is a text if a parameter says so.
  func readable(
    from folder: String, _ settings: [ParameterSetting] = [], hasStandardInput: Bool = true
  ) -> ReadableFolders {
    let values = settings.flatMap { $0.entries ?? [$0.text] }
    var given: [String] = []
    var starts: [PathKey: String] = [:]
    for value in values where value != StandardInput.name {
      let name = Self.name(in: value)
      let names = FileListing.alternatives(of: name) ?? [name]
      let places = names.compactMap(Self.place)
      let start = places.isEmpty ? folder : Self.start(of: names, in: folder)
      if start != folder { starts[PathKey(name)] = start }
      given += places.map { Self.repository($0.path(from: start)) }
    }
    return ReadableFolders(
      [folder] + ModelStores.places + folders.map(Self.repository) + given, starts: starts,
      hasStandardInput: hasStandardInput && values.contains(StandardInput.name))
  }

  /// The notebook's folder, or the working folder if one of the names is there and none in the notebook's.
  private static func start(of names: [String], in folder: String) -> String {
    let working = FileManager.default.currentDirectoryPath
    func isThere(_ name: String, _ folder: String) -> Bool {
      guard FileListing.isPattern(name) else {
        return DirectoryListing.exists(name.path(from: folder))
      }
      return (try? FileListing.files(fitting: name, in: folder))?.isEmpty == false
    }
    let isElsewhere =
      !names.contains { isThere($0, folder) } && names.contains { isThere($0, working) }
    return isElsewhere ? working : folder
  }

  /// What the value of a parameter names if it is a path: of random weights the configuration.
  private static func name(in value: String) -> String {
    let prefix = "random:"
    return value.hasPrefix(prefix) ? String(value.dropFirst(prefix.count)) : value
  }

  /// What a name opens if it is a path: the file or folder; of a pattern, the folder above it; of llm.c's file,
  /// whose tokenizer stands beside it, the file's folder.
  private static func place(of name: String) -> String? {
    var parts = name.pathParts.map(String.init)
    if let pattern = parts.firstIndex(where: FileListing.isPattern) {
      parts.removeSubrange(pattern...)
    } else if parts.count > 1, name.hasSuffix(".bin") {
      parts.removeLast()
    }
    // A slash may stand for itself in a text; the whole disk is opened by --allow-path alone.
    guard parts.contains(where: { !$0.isEmpty }) else { return nil }
    return parts.joined(separator: "/")
  }

  /// For a snapshot of a cache laid out as the Hub's, its repository's folder, where the files lie that the
  /// snapshot links to; any other path as it is.
  private static func repository(_ path: String) -> String {
    let parts = path.pathParts
    guard let snapshots = parts.lastIndex(of: "snapshots"), snapshots > 0,
      parts[snapshots - 1].hasPrefix("models--") || parts[snapshots - 1].hasPrefix("datasets--")
    else { return path }
    return parts[..<snapshots].joined(separator: "/")
  }
}
