import Cells
import Foundation
import NotebookLanguage
import NotebookRunner

/// What a result depends on besides the notebook: program, machine, date.
struct RunEnvironment {
  var values: ResultsFile.Environment
  /// The same in words, for the report's last section.
  var provenance: [(name: String, value: String)]
  /// In few words, for the tooltip of each measured figure.
  var setting: String
  /// Such as `2026-11-25`, in UTC.
  var day: String
  /// What kept results depend on.
  var identity: EngineIdentity

  static var current: Self {
    let process = ProcessInfo.processInfo
    let processor = HostFacts.processor
    let engine = EngineFacts.current
    let memory = Double(process.physicalMemory)
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withInternetDateTime]
    let date = formatter.string(from: Date())
    let build = HostFacts.build
    return Self(
      values: ResultsFile.Environment(
        engine: Record([
          "version": .text(Quantbook.version), "build": .text(build),
          "threads": .count(engine.threads), "kernels": .text(engine.kernels),
        ]),
        host: Record([
          "cpu": .text(processor), "cores": .count(process.activeProcessorCount),
          "memory": .number(memory, .bytes), "os": .text(HostFacts.system),
          "date": .text(date),
        ])),
      provenance: [
        ("Engine", "Quantbook \(Quantbook.version), \(build) build"),
        ("Kernels", "\(engine.kernels), \(engine.threads) threads"),
        ("Processor", "\(processor), \(process.activeProcessorCount) cores"),
        ("Memory", String(format: "%.1f GiB", memory / 1_073_741_824)),
        ("System", HostFacts.system),
        ("Date", date),
      ],
      setting: "Quantbook \(Quantbook.version), \(engine.kernels), \(engine.threads) threads, "
        + "\(processor), \(date.prefix(10))",
      day: String(date.prefix(10)),
      identity: EngineIdentity(
        version: EngineFacts.arithmetic, kernels: ["kernels": engine.kernels],
        machine: [
          "cpu": processor, "cores": "\(process.activeProcessorCount)",
          "threads": "\(engine.threads)", "build": build,
        ]))
  }

  /// Of a run that has been committed.
  static func provenance(of results: CommittedResults) -> [(name: String, value: String)] {
    let (engine, host) = (results.engine, results.host)
    func joined(_ parts: [String?]) -> String? {
      let known = parts.compactMap(\.self)
      return known.isEmpty ? nil : known.joined(separator: ", ")
    }
    let memory = host["memory"].flatMap(Double.init)
    let facts: [(name: String, value: String?)] = [
      (
        "Engine",
        joined([engine["version"].map { "Quantbook \($0)" }, engine["build"].map { "\($0) build" }])
      ),
      ("Kernels", joined([engine["kernels"], engine["threads"].map { "\($0) threads" }])),
      ("Processor", joined([host["cpu"], host["cores"].map { "\($0) cores" }])),
      ("Memory", memory.map { String(format: "%.1f GiB", $0 / 1_073_741_824) }),
      ("System", host["os"]),
      ("Date", host["date"]),
    ]
    return facts.compactMap { fact in fact.value.map { (fact.name, $0) } }
  }
}
