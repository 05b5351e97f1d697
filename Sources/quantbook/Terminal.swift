import Diagnostics
import Foundation
import SafeFiles
import Synchronization

/// The command's two outputs: what it was asked for, and messages with progress.
enum Terminal {
  /// Whether standard error is a terminal: progress is shown there only.
  static let isInteractive = isatty(STDERR_FILENO) == 1

  static let usesColour =
    isInteractive && ProcessInfo.processInfo.environment["NO_COLOR"] == nil

  /// Takes the places of input and outputs that the caller has closed, so that no file of ours gets their
  /// numbers. What is read or written there fails, as it did before.
  static func occupyClosed() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      // The lowest free number is this one.
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// Characters in a line of it; 80 where that is not known.
  static var columns: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20
      ? Int(size.ws_col) : 80
  }

  /// Writes to standard error. What would steer a terminal is shown instead, also in a file: somebody
  /// prints that later. There is nobody to tell where that fails.
  static func write(_ text: String) { write(painted: text.withVisibleControls) }

  /// Writes to standard error what has been made safe already, with colours in it.
  static func write(painted text: String) { _ = failure(writing: text, to: STDERR_FILENO) }

  /// Takes the line away that the cursor stands in, and writes another in its place.
  static func replaceLine(with text: String = "") {
    write(painted: "\r\u{1B}[K" + text.onOneLine)
    row.withLock { $0 = text.isEmpty ? .empty : .replaceable }
  }

  /// Has what is told next start at the margin: a line that may be replaced is taken away, what was asked for
  /// stays.
  static func beginLine() {
    guard isInteractive else { return }
    switch row.withLock(\.self) {
    case .empty: break
    case .replaceable: replaceLine()
    case .kept: write(painted: "\n")
    }
    row.withLock { $0 = .empty }
  }

  /// What stands in the terminal's row that the cursor is in.
  private enum Row { case empty, replaceable, kept }
  private static let row = Mutex(Row.empty)

  /// Writes to standard output, as `write` does. Where that fails the command ends with a message; quietly
  /// where the reader has gone.
  ///
  /// - Parameter isContents: whether the text is what was asked for byte by byte, as a report is: only a terminal
  ///   gets it otherwise.
  static func print(_ text: String, isContents: Bool = false) {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    let shown = isContents && !isTerminal ? text : text.withVisibleControls
    if isTerminal, !text.isEmpty { row.withLock { $0 = text.hasSuffix("\n") ? .empty : .kept } }
    let number = failure(writing: shown, to: STDOUT_FILENO)
    guard number != 0 else { return }
    AtomicWrite.endProcess {
      if number != EPIPE {
        write("error: cannot write to standard output: \(String(cString: strerror(number)))\n")
      }
      _exit(ExitStatus.cellFailed.rawValue)
    }
  }

  static func printLine(_ text: String) { print(text + "\n") }

  /// The error's number; 0 where all was written.
  private static func failure(writing text: String, to descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let part = UnsafeBufferPointer(rebasing: rest)
        let count = Foundation.write(descriptor, part.baseAddress, part.count)
        if count < 0 && errno == EINTR { continue }
        // A terminal or pipe that somebody made non-blocking.
        if count < 0 && errno == EAGAIN {
          var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&ready, 1, -1)
          continue
        }
        guard count > 0 else { return errno }
        rest = rest.dropFirst(count)
      }
      return 0
    }
  }
}
