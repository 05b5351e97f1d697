import Diagnostics
import Foundation

/// Standard error: messages always, progress on a terminal only.
enum Terminal {
  static let isInteractive = isatty(STDERR_FILENO) == 1

  private static let usesColour =
    isInteractive && ProcessInfo.processInfo.environment["NO_COLOR"] == nil

  static func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }

  /// At most 20 diagnostics, and how many more there are.
  static func show(_ diagnostics: [Diagnostic]) {
    let limit = 20
    write(TextRenderer(usesColour: usesColour).render(Array(diagnostics.prefix(limit))))
    if diagnostics.count > limit { write("and \(diagnostics.count - limit) more\n") }
  }
}
