import Foundation
import Paths

extension DoctorSection {
  /// Which Quantbook it is.
  static var program: Self {
    var section = Self("program")
    section.add("version", Quantbook.version)
    section.add("build", HostFacts.build)
    section.add("path", DoctorPath.shown(Bundle.main.executablePath ?? CommandLine.arguments[0]))
    section.add("swift", _SwiftStdlibVersion.current.description)
    return section
  }
}

/// Paths as a bug report has them.
enum DoctorPath {
  /// With `~` for the user's home folder.
  static func shown(
    _ path: String, home: String? = ProcessInfo.processInfo.environment["HOME"]
  ) -> String {
    guard let home, home.utf8.count > 1 else { return path }
    return path.isSamePath(as: home) ? "~" : path.path(below: home).map { "~/" + $0 } ?? path
  }
}
