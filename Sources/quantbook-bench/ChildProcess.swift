import ArgumentParser
import Foundation

/// Starts this program anew with some arguments and returns what it prints, without the last line
/// break. A process of its own has neither memory nor caches of what was measured before.
func outputOfThisProgram(_ arguments: [String]) throws -> String {
  let process = Process()
  let output = Pipe()
  process.executableURL = Bundle.main.executableURL
  process.arguments = arguments
  process.standardOutput = output
  try process.run()
  let text = try output.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { throw ExitCode(process.terminationStatus) }
  return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .newlines)
}
