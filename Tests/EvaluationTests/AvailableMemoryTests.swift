import Foundation
import InputLimits
import Testing

@testable import Evaluation

@Suite struct AvailableMemoryTests {
  private static let gibibyte = 1 << 30

  /// The bounds that a system with these files tells.
  private func bounds(_ files: [String: String]) throws -> [AvailableMemory] {
    let root = FileManager.default.temporaryDirectory.appending(path: "system-\(UUID())")
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in files {
      let url = root.appending(path: path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    return AvailableMemory.bounds(in: root.path)
  }

  @Test("the machine tells what is available, not what is free")
  func machine() throws {
    let text = "MemTotal: 16384000 kB\nMemFree: 10 kB\nMemAvailable:    1048576 kB\n"
    #expect(
      try bounds(["proc/meminfo": text]) == [.init(bytes: Self.gibibyte, source: .machine)])
    #expect(try bounds([:]).isEmpty)
  }

  @Test("a group of version 2, and those around it: pages of files count as free")
  func version2() throws {
    let found = try bounds([
      "proc/self/cgroup": "0::/outer/inner\n",
      "sys/fs/cgroup/outer/inner/memory.max": "4294967296\n",
      "sys/fs/cgroup/outer/inner/memory.current": "3221225472\n",
      "sys/fs/cgroup/outer/inner/memory.stat":
        "anon 1\ninactive_file 1073741824\nactive_file 536870912\n",
      "sys/fs/cgroup/outer/memory.max": "2147483648\n",
      "sys/fs/cgroup/outer/memory.current": "1073741824\n",
      "sys/fs/cgroup/memory.max": "max\n", "sys/fs/cgroup/memory.current": "1\n",
    ])
    #expect(
      found == [
        .init(bytes: 5 * Self.gibibyte / 2, source: .controlGroup),
        .init(bytes: Self.gibibyte, source: .controlGroup),
      ])
  }

  @Test("in a container the path is the host's, and the folder its own")
  func container() throws {
    let found = try bounds([
      "proc/self/cgroup": "0::/../host/path\n", "sys/fs/cgroup/memory.max": "100\n",
      "sys/fs/cgroup/memory.current": "150\n",
    ])
    #expect(found == [.init(bytes: 0, source: .controlGroup)])
  }

  @Test("a group of version 1, where no limit is a number beyond all memory")
  func version1() throws {
    let found = try bounds([
      "proc/self/cgroup": "5:cpu,cpuacct:/x\n4:memory:/job\n0::/\n",
      "sys/fs/cgroup/memory/job/memory.limit_in_bytes": "1000000\n",
      "sys/fs/cgroup/memory/job/memory.usage_in_bytes": "600000\n",
      "sys/fs/cgroup/memory/job/memory.stat": "inactive_file 9\ntotal_inactive_file 100000\n",
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "sys/fs/cgroup/memory/memory.usage_in_bytes": "1\n",
    ])
    #expect(found == [.init(bytes: 500_000, source: .controlGroup)])
  }

  @Test("what the user sets is taken as it is")
  func limit() {
    Limits.with([.memoryBytes: 5]) {
      #expect(AvailableMemory.current == .init(bytes: 5, source: .limit))
    }
    #expect(AvailableMemory.current.map { $0.bytes > 0 && $0.source != .limit } != false)
  }
}
