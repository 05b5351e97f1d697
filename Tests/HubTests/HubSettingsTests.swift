import Foundation
import Testing

@testable import Hub

@Suite struct HubSettingsTests {
  private func settings(_ variables: [String: String]) throws(HubError) -> HubSettings {
    try HubSettings { variables[$0] }
  }

  @Test("the cache lies where huggingface_hub has it")
  func folders() throws {
    let home = ["HOME": "/home/u"]
    func cache(_ variables: [String: String]) throws -> String {
      try settings(home.merging(variables) { $1 }).cacheFolder
    }
    #expect(try cache([:]) == "/home/u/.cache/huggingface/hub")
    #expect(try cache(["XDG_CACHE_HOME": "/x"]) == "/x/huggingface/hub")
    #expect(try cache(["HF_HOME": "~/hf"]) == "/home/u/hf/hub")
    #expect(try cache(["HF_HOME": "$HOME/hf", "XDG_CACHE_HOME": "/x"]) == "/home/u/hf/hub")
    #expect(try cache(["HUGGINGFACE_HUB_CACHE": "/old"]) == "/old")
    #expect(
      try cache(["HUGGINGFACE_HUB_CACHE": "/old", "HF_HUB_CACHE": "${HOME}x/$NONE"])
        == "/home/ux/$NONE")
    #expect(try cache(["HF_HUB_CACHE": ""]) == "/home/u/.cache/huggingface/hub")
  }

  @Test("the token comes from the environment, else from its file")
  func tokens() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hub-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try "hf_file\n".write(
      to: folder.appendingPathComponent("token"), atomically: true, encoding: .utf8)
    let home = ["HF_HOME": folder.path]
    #expect(try settings(home).token == "hf_file")
    #expect(try settings(home.merging(["HF_TOKEN": " hf_set\n"]) { $1 }).token == "hf_set")
    #expect(try settings(["HF_HOME": "/nowhere", "HUGGING_FACE_HUB_TOKEN": "hf"]).token == "hf")
    #expect(try settings(["HF_HOME": "/nowhere"]).token == nil)
    #expect(try settings(home.merging(["HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"]) { $1 }).token == nil)
    for text in ["a b", "a\r\nX-Evil: 1", "ä"] {
      #expect(throws: HubError.self) { try settings(["HF_TOKEN": text]) }
    }
  }

  @Test("offline, endpoint and timeouts")
  func others() throws {
    #expect(try settings(["HF_HUB_OFFLINE": "yes"]).isOffline)
    #expect(try settings(["TRANSFORMERS_OFFLINE": "1"]).isOffline)
    #expect(try !settings(["HF_HUB_OFFLINE": "0", "TRANSFORMERS_OFFLINE": "1"]).isOffline)
    #expect(try settings(["HF_ENDPOINT": "https://mirror/"]).endpoint == "https://mirror")
    #expect(try settings([:]).endpoint == "https://huggingface.co")
    #expect(try settings(["HF_HUB_DOWNLOAD_TIMEOUT": "60"]).downloadTimeout == 60)
    #expect(try settings(["HF_HUB_ETAG_TIMEOUT": "0"]).metadataTimeout == 10)
    for wrong in [
      ["HF_ENDPOINT": "mirror"], ["HF_ENDPOINT": "file:///etc"], ["HF_ENDPOINT": "https://u:p@h"],
      ["HF_HUB_ETAG_TIMEOUT": "soon"], ["HF_HUB_DOWNLOAD_TIMEOUT": "-1"],
    ] {
      #expect(throws: HubError.self) { try settings(wrong) }
    }
  }
}
