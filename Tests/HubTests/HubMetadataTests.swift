import Foundation
import InputLimits
import SafeFiles
import Testing

@testable import Hub

@Suite struct HubMetadataTests {
  private static let commit = String(repeating: "c", count: 40)

  private func metadata(_ answers: [(Int, [String: String])]) throws(HubError) -> HubMetadata {
    try HubMetadata(
      answers.map { HubResponse(status: $0.0, headers: $0.1) }, of: "f", host: "https://hub")
  }

  @Test("an ETag is read with and without its quotes, and must be a file's name")
  func etags() {
    #expect(HubETag(header: "\"abc\"")?.text == "abc")
    #expect(HubETag(header: "W/\"abc-2\"")?.text == "abc-2")
    #expect(HubETag(header: "abc")?.text == "abc")
    for text in [
      "", "\"\"", "\"../x\"", "a/b", ".hidden", "a b", String(repeating: "a", count: 129),
    ] {
      #expect(HubETag(header: text) == nil)
    }
    #expect(HubETag(header: String(repeating: "a", count: 64))?.algorithm == .sha256)
    #expect(HubETag(header: Self.commit)?.algorithm == .gitBlob)
    #expect(HubETag(header: "abc-2")?.algorithm == nil)
  }

  @Test("a large file is told of by the redirect, a small one by the last answer")
  func answers() throws {
    let large = try metadata([
      (
        302,
        [
          "X-Repo-Commit": Self.commit, "X-Linked-ETag": "\"lfs\"", "X-Linked-Size": "7",
          "ETag": "\"other\"", "Content-Length": "99", "Location": "https://cdn/x",
        ]
      )
    ])
    #expect(large.etag.text == "lfs" && large.size == 7 && large.commit == Self.commit)
    let small = try metadata([
      (307, ["X-Repo-Commit": Self.commit, "Location": "/y", "Content-Length": "3"]),
      (200, ["ETag": "\"git\"", "Content-Length": "5"]),
    ])
    #expect(small.etag.text == "git" && small.size == 5)
  }

  @Test("files and indices larger than the limits are refused")
  func limits() throws {
    let answers = [
      (200, ["X-Repo-Commit": Self.commit, "ETag": "\"git\"", "Content-Length": "5"])
    ]
    #expect(try Limits.with([.hubFileBytes: 5]) { try metadata(answers) }.size == 5)
    Limits.with([.hubFileBytes: 4]) {
      let error = #expect(throws: HubError.self) { try metadata(answers) }
      #expect(error?.help == "--limit hub-file-bytes=8 allows more")
    }
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("i-\(UUID())").path
    try Data(#"{"weight_map": {"a": "b.safetensors"}}"#.utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(try ModelRepository.shards(index: path) == ["b.safetensors"])
    Limits.with([.shardIndexBytes: 10]) {
      let error = #expect(throws: HubError.self) { try ModelRepository.shards(index: path) }
      #expect(error?.description.contains("--limit shard-index-bytes=40 allows it") == true)
    }
  }

  @Test("answers of others than a Hub are refused")
  func others() {
    let good = ["X-Repo-Commit": Self.commit, "ETag": "\"e\""]
    #expect(throws: HubError.self) { try metadata([]) }
    #expect(throws: HubError.self) { try metadata([(200, ["ETag": "\"e\""])]) }
    #expect(throws: HubError.self) { try metadata([(200, ["X-Repo-Commit": Self.commit])]) }
    #expect(throws: HubError.self) {
      try metadata([(200, good.merging(["X-Repo-Commit": "../../x"]) { $1 })])
    }
    #expect(throws: HubError.self) {
      try metadata([(200, good.merging(["Content-Length": "-1"]) { $1 })])
    }
    #expect(throws: HubError.self) {
      try metadata([(200, good.merging(["X-Linked-Size": "9223372036854775807"]) { $1 })])
    }
  }

  @Test("contents are compared with SHA-256 or git's SHA-1")
  func hashes() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("hub-\(UUID())").path
    let file = try PartialFile(path: path)
    defer { file.remove() }
    try Array("hello\n".utf8).withUnsafeBytes { try file.append($0) }
    func fits(_ etag: String) throws -> Bool { try #require(HubETag(header: etag)).fits(file) }
    // What `git hash-object` and `sha256sum` give.
    #expect(try fits("ce013625030ba8dba906f756967f9e9ca394464a"))
    #expect(try fits("5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"))
    #expect(try !fits(String(repeating: "0", count: 40)))
    #expect(try !fits(String(repeating: "0", count: 64)))
    #expect(try fits("no-hash"))
  }

  @Test("a full device and a server's words are told as such")
  func errors() throws {
    let full = FileError(.system(operation: "write", errno: 28), path: "/x")
    #expect(HubError(full).code == .noSpace)
    let name = try #require(HubName("owner/name"))
    let answer = HubResponse(status: 403, headers: ["X-Error-Message": "no\u{1B}[2J \u{9B}way"])
    let error = HubError(answer, for: name, file: nil, hasToken: true, host: "https://hub")
    #expect(error.code == .unauthorized)
    #expect(error.description == "the Hub does not give 'owner/name': no[2J way")
  }

  @Test("how long the Hub asks to wait")
  func waiting() {
    func seconds(_ headers: [String: String]) -> Int? {
      HubResponse(status: 429, headers: headers).secondsToWait
    }
    #expect(seconds(["Retry-After": "3"]) == 3)
    #expect(seconds(["RateLimit": "\"api\";r=0;t=55"]) == 55)
    #expect(seconds(["Retry-After": "-3"]) == nil && seconds([:]) == nil)
  }
}
