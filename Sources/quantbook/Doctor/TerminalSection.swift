import Foundation

extension DoctorSection {
  /// What is written to, and in which language.
  static var terminal: Self {
    let environment = ProcessInfo.processInfo.environment
    var section = Self("terminal")
    section.add("output is one", isatty(STDOUT_FILENO) == 1)
    section.add("errors are one", Terminal.isInteractive)
    section.add("colour", Terminal.usesColour)
    section.add("columns", Terminal.columns)
    section.add("type", environment["TERM"] ?? "not set")
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }
    section.add("locale", locale.first { !$0.isEmpty } ?? "not set")
    return section
  }
}
