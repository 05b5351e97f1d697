import ArgumentParser
import Dispatch
import Foundation
import GPT2
import StarterModel
import Tokenization

/// Prints how long it takes from the start of a process to a model's first token.
struct StartupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "startup",
    abstract: "Measures from the start of a process to the first token of a model.",
    discussion: """
      Each round starts this program anew as `first-token` and waits for its answer. The files are \
      in the system's cache after the round that is not counted.
      """)

  @OptionGroup var options: FirstTokenCommand.Options
  @Option(help: "Timed rounds.")
  var rounds = 15
  @Flag(help: "Prints JSON instead of Markdown.")
  var json = false

  struct Report: Encodable {
    /// Median milliseconds from the start to the first token, and the least.
    let milliseconds: Double
    let millisecondsBest: Double
    let phases: [Phase]
  }

  struct Phase: Encodable {
    let name: String
    /// The median.
    let milliseconds: Double
  }

  func validate() throws {
    guard rounds > 0 else { throw ValidationError("--rounds must be at least 1") }
  }

  func run() throws {
    let arguments =
      [FirstTokenCommand.configuration.commandName ?? "", "--prompt", options.prompt]
      + (options.model.map { ["--model", $0] } ?? [])
    var totals: [Double] = []
    var phases = [[Double]](repeating: [], count: FirstTokenCommand.phases.count)
    for round in 0...rounds {
      let start = DispatchTime.now().uptimeNanoseconds
      let line = try outputOfThisProgram(arguments)
      // Both processes read the system's monotonic clock.
      let marks = [start] + line.split(separator: " ").compactMap { UInt64($0) }
      guard round > 0, marks.count == phases.count + 1 else { continue }
      let times = zip(marks, marks.dropFirst()).map { Double($1 &- $0) / 1e6 }
      totals.append(times.reduce(0, +))
      for (phase, time) in times.enumerated() { phases[phase].append(time) }
    }
    let report = Report(
      milliseconds: median(totals), millisecondsBest: totals.min() ?? 0,
      phases: zip(FirstTokenCommand.phases, phases).map {
        Phase(name: $0, milliseconds: median($1))
      })
    print(json ? try jsonText(report) : markdown(report))
  }

  private func markdown(_ report: Report) -> String {
    var lines = ["| from process start to the first token | ms |", "|---|---:|"]
    lines += report.phases.map { "| \($0.name) | \(threeDigits($0.milliseconds)) |" }
    lines.append(
      "| **all** (best \(threeDigits(report.millisecondsBest))) | "
        + "\(threeDigits(report.milliseconds)) |")
    return lines.joined(separator: "\n")
  }
}

/// What `startup` starts: loads a model, reads a prompt, and says when each phase ended.
struct FirstTokenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "first-token", abstract: "What startup starts.", shouldDisplay: false)

  struct Options: ParsableArguments {
    @Option(help: "A folder in Hugging Face's layout; the model that ships unless given.")
    var model: String?
    @Option(help: "What the model reads.")
    var prompt = "The house stood at the end of the road"
  }

  @OptionGroup var options: Options

  /// Each begins where the one before ends.
  static let phases = ["launch", "load", "tokenizer", "tokenize", "read and choose"]

  func run() throws {
    var marks = [DispatchTime.now().uptimeNanoseconds]
    func mark() { marks.append(DispatchTime.now().uptimeNanoseconds) }
    let model = try GPT2Model.load(path: options.model ?? StarterModel.directory.path)
    mark()
    let tokenizer = try model.tokenizer()
    mark()
    let tokens = try tokenizer?.encode(options.prompt) ?? []
    mark()
    _ = try GPT2Session(model).generate(after: tokens, count: 1)
    mark()
    print(marks.map(String.init).joined(separator: " "))
  }
}
