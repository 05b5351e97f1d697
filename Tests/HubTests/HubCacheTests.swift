import Foundation
import SafeFiles
import Testing

@testable import Hub

@Suite struct HubCacheTests {
  private static let commit = String(repeating: "1", count: 40)

  private func withCache(_ body: (HubCache) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hub-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let cache = HubCache(folder: folder.path, kind: .model, repository: "owner/name")
    try cache.makeFolders(commit: Self.commit)
    try body(cache)
  }

  /// Puts a file into the snapshot.
  private func add(_ file: String, _ text: String, to cache: HubCache) throws {
    let etag = try #require(HubETag(header: "etag-" + file))
    try AtomicWrite.write(text, to: cache.blob(etag))
    try cache.link(file, at: Self.commit, to: etag)
  }

  @Test("a revision is a reference's commit, or a commit itself; nothing else")
  func revisions() throws {
    try withCache { cache in
      #expect(cache.commit(of: "main") == nil)
      #expect(cache.commit(of: Self.commit) == Self.commit)
      try cache.note(Self.commit, as: "refs/pr/1")
      #expect(cache.commit(of: "refs/pr/1") == Self.commit)
      try AtomicWrite.write("../../elsewhere", to: cache.path + "/refs/evil")
      #expect(cache.commit(of: "evil") == nil)
    }
  }

  @Test("a path in the cache tells which file of the Hub it is")
  func cachedFiles() throws {
    try withCache { cache in
      var settings = try HubSettings { _ in nil }
      settings.cacheFolder = cache.folder + "/"
      let path = cache.snapshot(Self.commit) + "/sub/model.gguf"
      let file = try #require(HubCachedFile(path: path, in: settings))
      #expect(file.kind == .model && file.repository == "owner/name")
      #expect(file.revision == Self.commit && file.file == "sub/model.gguf")
      try cache.note(Self.commit, as: "main")
      #expect(HubCachedFile(path: path, in: settings)?.revision == "main")
      for other in [
        cache.snapshot(Self.commit), cache.snapshot("main") + "/config.json",
        cache.path + "/refs/main",
        "/elsewhere" + path, cache.folder + "/.locks/a/b/c",
      ] {
        #expect(HubCachedFile(path: other, in: settings) == nil, "\(other)")
      }
    }
  }

  @Test("a file has the hash that the Hub gives for it, or has not")
  func hashes() throws {
    try withCache { cache in
      let path = cache.folder + "/file"
      try AtomicWrite.write("abc", to: path)
      func metadata(_ hash: String, _ size: Int?) throws -> HubMetadata {
        var metadata = try HubMetadata(
          [
            HubResponse(
              status: 200, headers: ["x-repo-commit": Self.commit, "etag": "\"\(hash)\""])
          ],
          of: "file", host: "h")
        metadata.size = size
        return metadata
      }
      let sha256 = ContentHash.sha256(of: "abc")
      let sha1 = "f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f"  // git hash-object
      #expect(try cache.has(metadata(sha256, 3), at: path))
      #expect(try cache.has(metadata(sha1, nil), at: path))
      #expect(try !cache.has(metadata(sha256, 4), at: path))
      #expect(try !cache.has(metadata(ContentHash.sha256(of: "abd"), 3), at: path))
      #expect(try !cache.has(metadata(String(sha1.reversed()), 3), at: path))
      #expect(try cache.has(metadata("a-mirror", 3), at: path))
      #expect(try !cache.has(metadata(sha256, 3), at: path + "-none"))
      #expect(cache.size(of: path) == 3 && cache.size(of: path + "-none") == nil)
    }
  }

  @Test("weights without a tokenizer: what to do about it")
  func withoutTokenizer() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hub-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let cache = HubCache(folder: folder.path, kind: .model, repository: "owner/name")
    try cache.makeFolders(commit: Self.commit)
    try cache.note(Self.commit, as: "main")
    try add("config.json", "{}", to: cache)
    let name = try #require(HubName("owner/name"))
    var settings = try HubSettings { _ in nil }
    settings.cacheFolder = folder.path
    settings.isOffline = true
    let client = HubClient(settings)
    let both = await #expect(throws: HubError.self) { try await client.model(name) }
    #expect(both?.description.contains("without model.safetensors, tokenizer.json") == true)
    #expect(both?.help == "run 'quantbook download owner/name' with a network")
    try add("model.safetensors", "", to: cache)
    let error = await #expect(throws: HubError.self) { try await client.model(name) }
    #expect(error?.description.contains("without tokenizer.json, and") == true)
    let help = try #require(error?.help)
    #expect(help.contains("quantbook download owner/name"))
    #expect(help.contains("copy tokenizer.json, or vocab.json with merges.txt, to "))
    // What the message says helps.
    #expect(help.contains(cache.snapshot(Self.commit)))
    try AtomicWrite.write("{}", to: cache.snapshot(Self.commit) + "/tokenizer.json")
    #expect(try await client.model(name).commit == Self.commit)
  }

  @Test("a snapshot's file is a relative link to its blob")
  func links() throws {
    try withCache { cache in
      #expect(cache.entry("config.json", at: Self.commit) == .unknown)
      try add("config.json", "{}", to: cache)
      let path = cache.snapshot(Self.commit) + "/config.json"
      #expect(cache.entry("config.json", at: Self.commit) == .present(path))
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: path)
          == "../../blobs/etag-config.json")
      try FileManager.default.removeItem(atPath: cache.path + "/blobs/etag-config.json")
      #expect(cache.entry("config.json", at: Self.commit) == .unknown)
      try add("config.json", "{}", to: cache)
      #expect(cache.entry("config.json", at: Self.commit) == .present(path))
    }
  }

  @Test("the link of a file in folders leads up out of them")
  func linksInFolders() throws {
    try withCache { cache in
      let etag = try #require(HubETag(header: "etag"))
      try AtomicWrite.write("text", to: cache.blob(etag))
      try cache.link("a/b/f", at: Self.commit, to: etag)
      let path = cache.snapshot(Self.commit) + "/a/b/f"
      #expect(cache.entry("a/b/f", at: Self.commit) == .present(path))
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: path) == "../../../../blobs/etag")
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "text")
    }
  }

  @Test("what a model lacks: weights by their index, a tokenizer unless there is none")
  func missing() throws {
    try withCache { cache in
      func missing() -> [String] { ModelRepository.missing(in: cache, at: Self.commit) }
      #expect(missing() == ["config.json", "model.safetensors", "tokenizer.json"])
      try add("config.json", "{}", to: cache)
      let index = #"{"weight_map": {"a": "x-1.safetensors", "b": "x-2.safetensors"}}"#
      try add("model.safetensors.index.json", index, to: cache)
      try add("x-1.safetensors", "", to: cache)
      #expect(missing() == ["x-2.safetensors", "tokenizer.json"])
      try add("x-2.safetensors", "", to: cache)
      try add("vocab.json", "{}", to: cache)
      #expect(missing() == ["tokenizer.json"])
      try cache.noteAbsence(of: "tokenizer.json", at: Self.commit)
      #expect(missing() == ["tokenizer.json"])
      try cache.noteAbsence(of: "merges.txt", at: Self.commit)
      // Half a vocabulary is one that somebody has not finished fetching.
      #expect(missing() == [])
    }
  }

  @Test(
    "an index leads nowhere else",
    arguments: ["../x.safetensors", "/etc/passwd", "a/b.safetensors", "x.bin", ".safetensors"])
  func hostileIndex(_ shard: String) throws {
    try withCache { cache in
      let path = cache.path + "/index.json"
      try AtomicWrite.write(#"{"weight_map": {"a": "\#(shard)"}}"#, to: path)
      #expect(throws: HubError.self) { try ModelRepository.shards(index: path) }
    }
  }

  @Test("of a repository only what a model needs is fetched")
  func needed() throws {
    let name = try #require(HubName("owner/name"))
    let common = ["README.md", "config.json", "pytorch_model.bin", "vocab.json", "onnx/x.onnx"]
    #expect(
      try ModelRepository.needed(of: common + ["model.safetensors"], in: name)
        == ["config.json", "model.safetensors", "vocab.json"])
    #expect(throws: HubError.self) { try ModelRepository.needed(of: common, in: name) }
    #expect(throws: HubError.self) { try ModelRepository.needed(of: ["x.gguf"], in: name) }
  }
}
