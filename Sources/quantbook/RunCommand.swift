public import ArgumentParser
import Diagnostics
import Foundation
public import NotebookLanguage
import NotebookRunner

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs a notebook and renders its report.",
    discussion: """
      Examples:
        quantbook run notebooks/quantization-report.md -o output
        quantbook run report.md -P model=path/to/gpt2 -P stride=256 --to html
      """)

  @Argument(help: "The notebook, a Markdown file.", completion: .file(extensions: ["md"]))
  var notebook: String

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "Folder for the report.", valueName: "folder"),
    completion: .directory)
  var output = "output"

  @Option(name: .customLong("to"), help: "What to write, separated by commas: html, md, json.")
  var formats = FormatList.all

  @Option(
    name: .customShort("P"), parsing: .singleValue,
    help: ArgumentHelp("Sets a parameter of the notebook.", valueName: "name=value"))
  var parameters: [ParameterSetting] = []

  @OptionGroup var engine: EngineSettings

  @OptionGroup var cache: CacheSettings

  @Flag(help: "Render the committed results; compute nothing, and end with 4 if any is stale.")
  var frozen = false

  @Flag(name: .customLong("keep-going"), help: "Run what does not depend on a failed cell.")
  var keepGoing = false

  @Option(
    help: ArgumentHelp(
      "The longest that a cell may take where the notebook does not say, such as 90s or 30m.",
      valueName: "time"))
  var timeout: TimeSpan?

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func run() async throws {
    try engine.apply()
    let file: NotebookFile
    let checked: CheckedNotebook
    do {
      file = try NotebookFile(path: notebook)
      checked = try file.checked(settings: parameters.pairs)
    } catch let error as Diagnostic {
      Terminal.show([error])
      throw FileManager.default.fileExists(atPath: notebook)
        ? ExitStatus.invalid : ExitStatus.missing
    } catch let error as DiagnosticList {
      Terminal.show(error.diagnostics)
      throw ExitStatus.invalid
    }
    do throws(Diagnostic) { try ReportWriter.check(folder: output) } catch {
      Terminal.show([error])
      throw ExitStatus.failed
    }
    let progress = ProgressLine(isShown: Terminal.isInteractive && !quiet)
    let runner = try Runner(checked, folder: file.folder, options: options(for: file)) {
      progress.handle($0)
    }
    let results: RunResults
    do {
      results = try await Interruption.cancelling { try await runner.run() }
    } catch let stale as StaleResults {
      progress.clear()
      Terminal.write(StatusText.of(stale.cells.filter { !$0.isFresh }))
      Terminal.write("\(stale.path) is stale; run without --frozen to compute it anew\n")
      throw ExitStatus.stale
    } catch is CancellationError {
      progress.clear()
      Terminal.write("interrupted; earlier reports are left as they were\n")
      throw ExitStatus.interrupted
    }
    progress.clear()
    for remark in results.remarks { Terminal.write("note: \(remark)\n") }
    try finish(file, results)
  }

  private func options(for file: NotebookFile) throws -> RunOptions {
    var options = cache.options
    options.engine = RunEnvironment.current.identity
    options.keepGoing = keepGoing
    options.timeout = timeout
    if frozen {
      do throws(Diagnostic) {
        options.frozen = try CommittedResults(path: file.resultsPath(in: output))
      } catch {
        Terminal.show([error])
        throw error.code == .missingResults ? ExitStatus.missing : ExitStatus.failed
      }
    }
    return options
  }

  private func finish(_ file: NotebookFile, _ results: RunResults) throws {
    let environment = RunEnvironment.current
    let (report, mistakes) = ReportBuilder.build(
      results, name: file.name, provenance: environment.provenance,
      setting: environment.setting)
    let failures = results.unintendedFailures + mistakes
    let writer = ReportWriter(
      folder: output, report: report, results: results, file: file,
      environment: environment)
    do throws(Diagnostic) {
      if failures.isEmpty {
        let written = try writer.write(formats.formats)
        if !quiet { for path in written { Terminal.write("wrote \(path)\n") } }
      } else {
        Terminal.show(failures)
        let path = try writer.writeFailure()
        Terminal.write("the report so far is in \(path); earlier reports are left as they were\n")
      }
    } catch {
      Terminal.show([error])
      throw ExitStatus.failed
    }
    guard failures.isEmpty else { throw ExitStatus.of(failures) }
    let unmet = results.unmetExpectations
    guard unmet.isEmpty else {
      Terminal.show(unmet)
      throw ExitStatus.unmetExpectation
    }
  }
}

extension TimeSpan: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

/// `--to html,md,json`.
struct FormatList: ExpressibleByArgument {
  enum Format: String, CaseIterable {
    case html, md, json
  }

  let formats: [Format]

  static let all = Self(formats: Format.allCases)

  private init(formats: [Format]) { self.formats = formats }

  init?(argument: String) {
    let names = argument.split(separator: ",").map(String.init)
    let formats = names.compactMap(Format.init)
    guard !names.isEmpty, formats.count == names.count else { return nil }
    self.formats = formats
  }

  var defaultValueDescription: String { formats.map(\.rawValue).joined(separator: ",") }
}
