import Foundation

/// The processor that a benchmark ran on.
enum Processor {
  /// Its name as Linux gives it; elsewhere the system's.
  static var name: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    return name ?? ProcessInfo.processInfo.operatingSystemVersionString
  }
}
