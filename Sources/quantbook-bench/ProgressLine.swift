import Foundation

/// One line on standard error that says what is measured now; nothing where that is no terminal.
enum ProgressLine {
  private static let isShown = isatty(STDERR_FILENO) == 1

  static func show(_ text: String) { write(String(text.prefix(76))) }

  /// Takes the line away.
  static func end() { write("") }

  private static func write(_ text: String) {
    guard isShown else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
  }
}
