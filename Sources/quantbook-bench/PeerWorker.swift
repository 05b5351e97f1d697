import Foundation

/// A script of `peers/` in a Python of the user's, which is measured in the same rounds as we are:
/// it says that it is ready, then answers each line with one line.
final class PeerWorker {
  private let script: String
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  /// - Parameters:
  ///   - python: the interpreter's path, or a name that PATH has.
  ///   - script: a file of `peers/`.
  ///   - arguments: what the script is started with.
  init(python: String, script: String, arguments: [String] = []) throws {
    self.script = script
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "peers/\(script)")
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [python, path.path] + arguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    _ = try readLine()
  }

  deinit { try? input.fileHandleForWriting.close() }

  /// Sends one command and returns the answer.
  func answer(_ command: String) throws -> String {
    try input.fileHandleForWriting.write(contentsOf: Data((command + "\n").utf8))
    return try readLine()
  }

  /// Sends one command and returns the seconds of the answer, which is in milliseconds.
  func seconds(_ command: String) throws -> Double {
    guard let milliseconds = Double(try answer(command)) else { throw Failure(script: script) }
    return milliseconds / 1000
  }

  private struct Failure: Error, CustomStringConvertible {
    let script: String
    var description: String { "peers/\(script) ended; has this Python the packages it imports?" }
  }

  private func readLine() throws -> String {
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), let first = byte.first {
      if first == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
      line.append(first)
    }
    throw Failure(script: script)
  }
}
