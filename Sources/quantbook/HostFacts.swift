import Foundation

/// The machine that the command runs on, and how the command was built.
enum HostFacts {
  #if DEBUG
    static let build = "debug"
  #else
    static let build = "release"
  #endif

  /// Such as `AMD EPYC 7B13`; `unknown` where the system does not say.
  static var processor: String {
    #if os(Linux)
      return processorField("model name") ?? "unknown"
    #else
      var size = 0
      guard sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0) == 0, size > 1 else {
        return "unknown"
      }
      var bytes = [UInt8](repeating: 0, count: size)
      sysctlbyname("machdep.cpu.brand_string", &bytes, &size, nil, 0)
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    #endif
  }

  /// Such as `Debian GNU/Linux 12 (bookworm)`.
  static var system: String {
    let release = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
    for line in release.split(separator: "\n") where line.hasPrefix("PRETTY_NAME=") {
      return line.dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: ["\""])
    }
    return ProcessInfo.processInfo.operatingSystemVersionString
  }

  /// Which of the instructions that kernels could use the processor says it has, in its own order.
  static var processorFeatures: [String] {
    let known = [
      "sse4_2", "avx", "f16c", "fma", "avx2", "avx512", "avx_vnni", "amx", "asimd", "fphp", "bf16",
      "i8mm", "sve",
    ]
    let text = processorField("flags") ?? processorField("Features") ?? ""
    return text.split(separator: " ").map(String.init)
      .filter { feature in known.contains { feature == $0 || isFamily($0, of: feature) } }
  }

  /// Families have several members: `avx512f`, `amx_int8`, `asimddp`, `sve2`.
  private static func isFamily(_ name: String, of feature: String) -> Bool {
    ["avx512", "amx", "asimd", "sve"].contains(name) && feature.hasPrefix(name)
  }

  /// Bytes that programs can have without swapping; nil where the system does not say.
  static var availableMemory: Int? {
    let lines = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
    for line in lines.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      let words = line.split(separator: " ")
      return words.count == 3 ? Int(words[1]).map { $0 * 1024 } : nil
    }
    return nil
  }

  /// Such as `Linux 6.1.0-37-amd64`; nil where the system does not say.
  static var systemKernel: String? {
    var name = utsname()
    guard uname(&name) == 0 else { return nil }
    return withUnsafeBytes(of: &name.sysname, text) + " " + withUnsafeBytes(of: &name.release, text)
  }

  private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      "unknown"
    #endif
  }

  /// Of the first processor in `/proc/cpuinfo`.
  private static func processorField(_ name: String) -> String? {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    for line in lines.split(separator: "\n") where line.hasPrefix(name) {
      if let colon = line.firstIndex(of: ":") {
        return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      }
    }
    return nil
  }
}
