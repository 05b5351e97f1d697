import InputLimits

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The memory that this process can still have before the system refuses it, or ends a program to get it.
public struct AvailableMemory: Hashable, Sendable {
  public enum Source: Hashable, Sendable {
    /// What the machine has without swapping: `MemAvailable`.
    case machine
    /// What is left to the control group, such as a container's.
    case controlGroup
    /// What is left of the process's address space: `RLIMIT_AS`.
    case process
    /// What the user set.
    case limit
  }

  public var bytes: Int
  /// Of several bounds the lowest.
  public var source: Source

  public init(bytes: Int, source: Source) {
    self.bytes = bytes
    self.source = source
  }

  /// What `Limit.memoryBytes` allows where it is set, else the lowest that the system tells; nil where it tells
  /// nothing.
  public static var current: Self? {
    let limit = Limit.memoryBytes
    if limit.value != limit.usual { return Self(bytes: limit.value, source: .limit) }
    return bounds(in: "").min { $0.bytes < $1.bytes }
  }

  /// - Parameter root: in front of the paths of `/proc` and `/sys`, for tests.
  static func bounds(in root: String) -> [Self] {
    var bounds: [Self] = []
    if let machine = SystemText.kilobytes("MemAvailable:", in: root + "/proc/meminfo") {
      bounds.append(Self(bytes: machine, source: .machine))
    }
    for group in ControlGroup.all(in: root) {
      if let left = group.bytesLeft { bounds.append(Self(bytes: left, source: .controlGroup)) }
    }
    var limit = rlimit()
    if root.isEmpty, getrlimit(addressSpace, &limit) == 0, limit.rlim_cur < Int.max / 2,
      let used = SystemText.kilobytes("VmSize:", in: "/proc/self/status")
    {
      bounds.append(Self(bytes: max(0, Int(limit.rlim_cur) - used), source: .process))
    }
    return bounds
  }

  #if os(Linux)
    private static let addressSpace = __rlimit_resource_t(RLIMIT_AS.rawValue)
  #else
    private static let addressSpace = RLIMIT_AS
  #endif
}

/// A control group of Linux that accounts for memory; one in another is bounded by both.
///
/// Reference: the kernel's `admin-guide/cgroup-v2.rst` and `cgroup-v1/memory.rst`.
private struct ControlGroup {
  private let folder: String
  private let names: (limit: String, usage: String, reclaimable: [String])

  /// Those of this process, the innermost first.
  static func all(in root: String) -> [Self] {
    let lines = SystemText.read(root + "/proc/self/cgroup").split(separator: "\n")
    return lines.flatMap { line -> [Self] in
      // `0::/a/b` of version 2; `5:cpu,memory:/a/b` of version 1.
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return [] }
      if parts[0] == "0", parts[1].isEmpty {
        return folders(root + "/sys/fs/cgroup", parts[2]).map {
          Self(
            folder: $0,
            names: ("memory.max", "memory.current", ["inactive_file", "active_file"]))
        }
      }
      guard parts[1].split(separator: ",").contains("memory") else { return [] }
      return folders(root + "/sys/fs/cgroup/memory", parts[2]).map {
        Self(
          folder: $0,
          names: (
            "memory.limit_in_bytes", "memory.usage_in_bytes",
            ["total_inactive_file", "total_active_file"]
          ))
      }
    }
  }

  /// The folder of a path and those around it. In a container the path may be one of the host's: then the
  /// outermost is the container's own.
  private static func folders(_ top: String, _ path: Substring) -> [String] {
    var names = path.split(separator: "/")
    var folders: [String] = []
    while !names.isEmpty {
      folders.append(top + "/" + names.joined(separator: "/"))
      names.removeLast()
    }
    return folders + [top]
  }

  /// Pages of files are given up where memory is needed, so they count as free.
  var bytesLeft: Int? {
    guard let limit = number(names.limit), limit < Int.max / 2, let usage = number(names.usage)
    else { return nil }
    let statistics = SystemText.read(folder + "/memory.stat").split(separator: "\n")
    let reclaimable = statistics.reduce(0) { sum, line in
      let words = line.split(separator: " ")
      guard words.count == 2, names.reclaimable.contains(String(words[0])) else { return sum }
      return sum + (Int(words[1]) ?? 0)
    }
    return max(0, limit - max(0, usage - reclaimable))
  }

  private func number(_ name: String) -> Int? {
    Int(SystemText.read(folder + "/" + name).split(separator: "\n").first ?? "")
  }
}
