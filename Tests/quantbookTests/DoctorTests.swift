import Diagnostics
import Foundation
import Testing

@testable import quantbook

@Suite struct DoctorTests {
  let folder: TemporaryFolder
  /// An installation in order, whatever the machine of the tests is set to.
  private let order: [String: String]

  init() throws {
    folder = try TemporaryFolder()
    order = [
      "HOME": folder.url.path, "QUANTBOOK_CACHE": folder.url("cache").path,
      "QUANTBOOK_CACHE_LIMIT": "2GiB", "HF_HOME": folder.url("hf").path, "HF_HUB_CACHE": "",
      "HUGGINGFACE_HUB_CACHE": "", "HF_TOKEN": "", "HUGGING_FACE_HUB_TOKEN": "",
      "HF_TOKEN_PATH": "", "HF_ENDPOINT": "", "HF_HUB_OFFLINE": "", "CHROMIUM": "",
      "TERM": "xterm\u{1B}]0;title\u{7}", "LC_ALL": "C.UTF-8", "https_proxy": "", "HTTPS_PROXY": "",
      "http_proxy": "", "HTTP_PROXY": "", "all_proxy": "", "ALL_PROXY": "", "no_proxy": "",
      "NO_PROXY": "",
    ]
  }

  private func doctor(_ changes: [String: String] = [:]) throws -> CommandRun {
    try CommandRun.quantbook("doctor", environment: order.merging(changes) { $1 })
  }

  private func json(_ changes: [String: String] = [:]) throws -> [String: Any] {
    let run = try CommandRun.quantbook(
      "doctor", "--json", environment: order.merging(changes) { $1 })
    return try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
  }

  @Test("text: sections with aligned facts, no problems, the home folder as ~, no escape codes")
  func text() throws {
    let run = try doctor()
    #expect(run.status == 0 && run.errors.isEmpty)
    let lines = run.output.split(separator: "\n")
    let facts = lines.filter { $0.hasPrefix("  ") }
    let column = try #require(facts.first?.firstRange(of: Quantbook.version)?.lowerBound)
    let width = facts[0].distance(from: facts[0].startIndex, to: column)
    #expect(facts.allSatisfy { $0.dropFirst(width - 2).hasPrefix("  ") && $0.count > width })
    #expect(facts.allSatisfy { !$0.dropFirst(width).hasPrefix(" ") })
    #expect(
      lines.filter { !$0.hasPrefix(" ") }
        == ["program", "machine", "libraries", "cache", "models", "terminal", "No problems found."])
    #expect(!run.output.contains(folder.url.path) && run.output.contains("  ~/cache\n"))
    #expect(!run.output.contains("\u{1B}") && !run.output.contains("\u{7}"))
  }

  @Test("JSON: versions, kernels, cache, models")
  func object() throws {
    try FileManager.default.createDirectory(
      at: folder.url("hf/hub/models--owner--name/blobs"), withIntermediateDirectories: true)
    try folder.write("12345", to: "hf/hub/models--owner--name/blobs/0a")
    let report = try json()
    let program = try #require(report["program"] as? [String: Any])
    #expect(program["version"] as? String == Quantbook.version)
    #expect((program["swift"] as? String)?.hasPrefix("6.") == true)
    let machine = try #require(report["machine"] as? [String: Any])
    let kernels = try #require(machine["kernels"] as? String)
    #expect((machine["availableKernels"] as? [String])?.contains(kernels) == true)
    #expect((machine["threads"] as? Int ?? 0) > 0 && (machine["memory"] as? Int ?? 0) > 1 << 20)
    let libraries = try #require(report["libraries"] as? [String: String])
    for name in ["cmark-gfm", "zlib", "zstd", "lzma"] {
      #expect(libraries[name]?.first?.isNumber == true, "\(name)")
    }
    let cache = try #require(report["cache"] as? [String: Any])
    #expect(cache["writable"] as? Bool == true && cache["limit"] as? Int == 2 << 30)
    // What was kept to see whether it can be is gone again.
    #expect(cache["entries"] as? Int == 0)
    let models = try #require(report["models"] as? [String: Any])
    #expect(models["modelsInIt"] as? Int == 1 && models["size"] as? Int == 5)
    #expect(models["token"] as? Bool == false && models["offline"] as? Bool == false)
    #expect((report["problems"] as? [Any])?.isEmpty == true)
  }

  @Test("kernels, threads, offline, endpoint and proxies are those of the environment")
  func environment() throws {
    let report = try json([
      "QUANTBOOK_KERNELS": "baseline", "QUANTBOOK_THREADS": "3", "HF_HUB_OFFLINE": "1",
      "HF_ENDPOINT": "https://mirror.example/hf/", "HTTPS_PROXY": "http://proxy:3128",
    ])
    let machine = try #require(report["machine"] as? [String: Any])
    #expect(machine["kernels"] as? String == "baseline" && machine["threads"] as? Int == 3)
    let models = try #require(report["models"] as? [String: Any])
    #expect(models["endpoint"] as? String == "https://mirror.example:443")
    #expect(models["offline"] as? Bool == true)
    #expect(models["proxies"] as? [String] == ["HTTPS_PROXY"])
  }

  @Test(
    "no token, password or path of an address is told, in either form",
    arguments: [
      "https://user:s3cret@hub.example", "https://s3cret@hub.example/x",
      "https://hub.example/s3cret", "https://hub.example?token=s3cret", "https://:s3cret@hub",
      "s3cret", "https://hub.example/#s3cret",
    ])
  func secrets(_ endpoint: String) throws {
    try FileManager.default.createDirectory(
      at: folder.url("hf"), withIntermediateDirectories: true)
    try folder.write("hf_s3cretFile", to: "hf/token")
    for token in ["", "hf_s3cretToken", "hf_s3cret Token"] {
      let changes = [
        "HF_TOKEN": token, "HF_ENDPOINT": endpoint, "HUGGING_FACE_HUB_TOKEN": "",
        "https_proxy": "http://user:s3cret@proxy:3128", "ALL_PROXY": "socks5://s3cret@proxy",
      ]
      for form in [["doctor"], ["doctor", "--json"]] {
        let run = try CommandRun.run(
          CommandRun.executable, form, environment: order.merging(changes) { $1 })
        #expect(run.output.contains("https_proxy") && run.output.contains("cmark-gfm"))
        #expect(!run.output.contains("s3cret") && !run.errors.contains("s3cret"))
      }
    }
    let models = try #require(try json()["models"] as? [String: Any])
    #expect(models["token"] as? Bool == true)
  }

  @Test(
    "each check that fails says what to do, and the command ends with 1",
    arguments: [
      ("QUANTBOOK_CACHE", "file", "name a folder that you may write to in QUANTBOOK_CACHE"),
      ("QUANTBOOK_CACHE", "full", "or name another folder in QUANTBOOK_CACHE"),
      ("QUANTBOOK_CACHE_LIMIT", "lots", "a size is like 500MiB or 2GiB"),
      ("QUANTBOOK_THREADS", "0", "unset that variable"),
      ("QUANTBOOK_KERNELS", "mmx", "unset that variable"),
      ("HF_ENDPOINT", "hub", "an address is like https://huggingface.co"),
      ("HF_HUB_CACHE", "file", "or name another in HF_HUB_CACHE"),
      ("CHROMIUM", "none", "unset it, or give it the path of a Chromium"),
    ])
  func problem(_ variable: String, _ value: String, _ help: String) throws {
    try folder.write("", to: "file")
    // Entries lie in folders named by two digits: none can be made here, even by root.
    try FileManager.default.createDirectory(
      at: folder.url("full"), withIntermediateDirectories: true)
    for prefix in 0..<256 { try folder.write("", to: String(format: "full/%02x", prefix)) }
    let isPath = value == "file" || value == "full"
    let changes = [variable: isPath ? folder.url(value).path : value]
    let run = try doctor(changes)
    #expect(run.status == 1)
    #expect(run.output.contains("\nerror: ") && !run.output.contains("No problems"))
    #expect(run.output.contains("\nhelp: ") && run.output.contains(help))
    let problems = try #require(try json(changes)["problems"] as? [[String: String]])
    #expect(problems.count == 1 && problems[0]["help"]?.contains(help) == true)
  }

  @Test("a folder is in the home folder only below it")
  func home() {
    #expect(DoctorPath.shown("/home/ada/x", home: "/home/ada") == "~/x")
    #expect(DoctorPath.shown("/home/ada", home: "/home/ada") == "~")
    #expect(DoctorPath.shown("/home/adam/x", home: "/home/ada") == "/home/adam/x")
    #expect(DoctorPath.shown("/x", home: "/") == "/x")
    #expect(DoctorPath.shown("/x", home: nil) == "/x")
  }
}
