import Foundation

/// The command's two outputs: what it was asked for, and messages with progress.
enum Terminal {
  /// Whether standard error is a terminal: progress is shown there only.
  static let isInteractive = isatty(STDERR_FILENO) == 1

  static let usesColour =
    isInteractive && ProcessInfo.processInfo.environment["NO_COLOR"] == nil

  /// Characters in a line of it; 80 where that is not known.
  static var columns: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20
      ? Int(size.ws_col) : 80
  }

  /// Writes to standard error.
  static func write(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Writes to standard output.
  static func print(_ text: String) {
    try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
  }
}
