import ArgumentParser
import NotebookLanguage

struct PreviewCommand: AsyncParsableCommand, Sendable {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Shows a notebook's report in the browser and keeps it up to date.",
    discussion: """
      Examples:
        quantbook preview report.md
        quantbook preview report.md --port 8000 -P stride=256

      Prints the address. Whenever the notebook or a text that it reads is saved, it is run again and the \
      page changes in place; mistakes are shown there. The page has controls for the notebook's params. \
      Only this machine can open it, nothing but the report is served, and no file is written: results go \
      to the cache. Ctrl-C ends it.
      """)

  @OptionGroup var input: NotebookOptions

  @Option(
    help: ArgumentHelp(
      "Port of the address, 0 for any that is free; else 4321 or the next free one.",
      valueName: "number"))
  var port: Int?

  @OptionGroup var engine: EngineSettings

  @OptionGroup var cache: CacheSettings

  @OptionGroup var hub: HubOptions

  @OptionGroup var limit: TimeLimit

  @OptionGroup var html: RawHTML

  func validate() throws {
    guard input.notebook != "-" else {
      throw ValidationError("preview needs a notebook that is a file")
    }
    guard port.map((0...65_535).contains) ?? true else {
      throw ValidationError("--port is a number from 0 to 65535")
    }
  }

  func run() async throws {
    try engine.apply(input.diagnostics)
    guard input.isThere else {
      _ = try input.load()
      return
    }
    let port = try LoopbackPort.free(wanted: port)
    let files = WatchedFiles(notebook: input.notebook)
    let session = try PreviewSession(
      input: input, cache: cache, timeout: limit.timeout, isOffline: hub.isOffline,
      trustsHTML: html.isTrusted,
      onSettings: { files.markChanged() })
    let server = PreviewServer(port: port, session: session)
    let loop = WatchLoop(
      path: input.notebook, files: files, diagnostics: input.diagnostics, runOnce: session.runOnce,
      onGone: session.notebookIsGone)
    // The address may be there before the loop.
    Interruption.watch(input.diagnostics.form)
    // Whichever ends first ends the other: the loop at Ctrl-C.
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run { Terminal.print(server.address + "\n") } }
      group.addTask { try await loop.run() }
      defer { group.cancelAll() }
      try await group.next()
    }
  }
}
