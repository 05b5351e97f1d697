import Diagnostics
import Foundation
import SafeFiles

/// Prints a page as PDF with the Chromium that is installed.
struct PDFPrinter {
  /// Path of the program.
  let browser: String

  /// - Throws: `Diagnostic` with `missingBrowser` where no Chromium is found.
  init() throws(Diagnostic) {
    let environment = ProcessInfo.processInfo.environment
    let chosen = environment["CHROMIUM"].flatMap { $0.isEmpty ? nil : $0 }
    let names =
      chosen.map { [$0] } ?? [
        "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      ]
    let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let paths = names.flatMap { name in
      name.utf8.contains(UInt8(ascii: "/")) ? [name] : folders.map { "\($0)/\(name)" }
    }
    guard let found = paths.first(where: FileManager.default.isExecutableFile) else {
      throw Diagnostic(
        .missingBrowser,
        chosen.map { "no program is found at '\($0)', which CHROMIUM names" }
          ?? "a PDF is printed by Chromium, and none is found", at: nil,
        help: "install chromium or google-chrome, or name it in the environment variable CHROMIUM; "
          + "without it, print the HTML report from a browser")
    }
    browser = found
  }

  /// The longest that the browser may take, in seconds.
  private static let timeLimit = 120.0
  private static let maximumBytes = 256 << 20

  /// The bytes of the PDF.
  ///
  /// - Throws: `Diagnostic` with `cannotWrite`; no file is left behind.
  func pdf(of html: String) throws(Diagnostic) -> [UInt8] {
    let scratch = FileManager.default.temporaryDirectory
      .appendingPathComponent("quantbook-pdf-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    do throws(FileError) {
      try AtomicWrite.makeDirectory(scratch, mode: 0o700)
      try AtomicWrite.write(html, to: "\(scratch)/page.html")
    } catch {
      throw Diagnostic(.cannotWrite, error.description, at: nil)
    }
    try run(in: scratch)
    guard
      let pdf = try? BoundedReader.bytes(path: "\(scratch)/page.pdf", limit: Self.maximumBytes),
      pdf.starts(with: "%PDF".utf8)
    else { throw failure("wrote no PDF", in: scratch) }
    return pdf
  }

  private func run(in scratch: String) throws(Diagnostic) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: browser)
    process.arguments =
      [
        "--headless=new", "--disable-gpu", "--disable-extensions", "--disable-dev-shm-usage",
        "--no-first-run", "--no-default-browser-check", "--no-pdf-header-footer",
        "--generate-pdf-document-outline",
        "--user-data-dir=\(scratch)/profile", "--print-to-pdf=\(scratch)/page.pdf",
      ]
      // Chromium refuses its sandbox to root. The page runs no script but its own.
      + (geteuid() == 0 ? ["--no-sandbox"] : [])
      + [URL(fileURLWithPath: "\(scratch)/page.html").absoluteString]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    _ = FileManager.default.createFile(atPath: "\(scratch)/messages", contents: nil)
    process.standardError = FileHandle(forWritingAtPath: "\(scratch)/messages")
    do { try process.run() } catch { throw failure("cannot be started", in: scratch) }
    let end = Date(timeIntervalSinceNow: Self.timeLimit)
    while process.isRunning, Date() < end { usleep(20_000) }
    guard !process.isRunning else {
      // Its helpers are in its group where the system has given it one.
      let number = process.processIdentifier
      if getpgid(number) == number { kill(-number, SIGKILL) }
      kill(number, SIGKILL)
      process.waitUntilExit()
      throw failure("took longer than \(Int(Self.timeLimit)) s", in: scratch)
    }
    guard process.terminationStatus == 0 else {
      throw failure("ended with \(process.terminationStatus)", in: scratch)
    }
  }

  /// What went wrong, with the last line that the browser wrote.
  private func failure(_ what: String, in scratch: String) -> Diagnostic {
    let bytes = (try? BoundedReader.bytes(path: "\(scratch)/messages", limit: 1 << 20)) ?? []
    let last = String(decoding: bytes, as: UTF8.self).split(separator: "\n").last.map(String.init)
    return Diagnostic(
      .cannotWrite, "the PDF could not be printed: \(browser) \(what)", at: nil,
      notes: last.map { [Diagnostic.Note("its last message: \($0.prefix(300))")] } ?? [])
  }
}
