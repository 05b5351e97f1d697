import ArgumentParser
import Diagnostics
import InputLimits
import NotebookLanguage
import SafeFiles

/// `-P name=value` and `--params FILE`; what `-P` says wins.
struct ParameterOptions: ParsableArguments {
  @Option(
    name: .customShort("P"), parsing: .singleValue,
    help: ArgumentHelp(
      "Sets a parameter of the notebook; a list as sizes=32,64.", valueName: "name=value"),
    completion: .custom { words, _, _ in TypedNotebook.parameters(in: words) },
    transform: ParameterOptions.setting)
  var settings: [ParameterSetting] = []

  @Option(
    name: .customLong("params"), parsing: .singleValue,
    help: ArgumentHelp(
      "Sets parameters from a YAML file of names and values; -P wins.", valueName: "file"),
    completion: .file(extensions: ["yml", "yaml"]))
  var files: [String] = []

  /// The settings of the files and after them those of the command line, so that the last counts.
  ///
  /// - Throws: mistakes in the files.
  func all() throws(DiagnosticList) -> [ParameterSetting] {
    var all: [ParameterSetting] = []
    for path in files {
      let text: String
      do throws(FileError) {
        text = try BoundedReader.text(path: path, limit: .configurationBytes)
      } catch {
        throw DiagnosticList([Diagnostic(.unreadableParameters, error.description, at: nil)])
      }
      all += try ParameterFile.parse(SourceFile(name: path, text: text))
    }
    return all + settings
  }

  /// `name=value`; `name:value` is taken too.
  private static func setting(_ argument: String) throws -> ParameterSetting {
    guard let separator = argument.firstIndex(where: { $0 == "=" || $0 == ":" }),
      separator != argument.startIndex
    else { throw ValidationError("-P needs a name and a value, such as -P stride=256") }
    return ParameterSetting(
      name: String(argument[..<separator]),
      text: String(argument[argument.index(after: separator)...]))
  }
}
