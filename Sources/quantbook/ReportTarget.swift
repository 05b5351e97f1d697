import ArgumentParser

/// `-o`: the folder that reports go to, or `-` for standard output.
enum ReportTarget: ExpressibleByArgument {
  case folder(String)
  case standardOutput

  static let usualFolder = "output"

  /// Where earlier results are looked for.
  var resultsFolder: String {
    switch self {
    case .folder(let path): path
    case .standardOutput: Self.usualFolder
    }
  }

  init?(argument: String) { self = argument == "-" ? .standardOutput : .folder(argument) }

  var defaultValueDescription: String {
    switch self {
    case .folder(let path): path
    case .standardOutput: "-"
    }
  }
}
