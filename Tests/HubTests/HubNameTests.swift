import Testing

@testable import Hub

@Suite struct HubNameTests {
  @Test("names of the Hub are read")
  func names() throws {
    let name = try #require(HubName("openai-community/gpt2"))
    #expect(name.repository == "openai-community/gpt2" && name.revision == "main")
    let fixed = try #require(HubName("owner/Name_1.5@refs/pr/1"))
    #expect(fixed.repository == "owner/Name_1.5" && fixed.revision == "refs/pr/1")
    #expect(fixed.text == "owner/Name_1.5@refs/pr/1")
    #expect(HubName("hf://owner/name")?.text == "owner/name")
    #expect(HubName("owner/name/model-q8_0.gguf")?.file == "model-q8_0.gguf")
    #expect(HubName("owner/name@v1/model.gguf")?.revision == "v1")
    let dataset = try #require(HubName("datasets/Salesforce/wikitext", kind: .dataset))
    #expect(dataset.repository == "Salesforce/wikitext")
  }

  @Test("GPT-2's sizes have their owners", arguments: ["gpt2", "gpt2-medium", "gpt2-xl"])
  func formerNames(_ text: String) {
    #expect(HubName(text)?.repository == "openai-community/" + text)
    #expect(HubName(text)?.cachedRepositories == ["openai-community/" + text, text])
    #expect(HubName("distilgpt2@v1")?.text == "distilbert/distilgpt2@v1")
    #expect(HubName("someone/gpt2")?.cachedRepositories == ["someone/gpt2"])
  }

  @Test(
    "paths and names that huggingface_hub refuses are none",
    arguments: [
      "", "gpt3", "starter", "./gpt2", "../models/gpt2", "/gpt2", "a/b/c", "owner/", "/name",
      "a//b",
      "-owner/name", "owner/name-", "owner/.name", "owner/na--me", "owner/na..me", "owner/name.git",
      "owner/na me", "öwner/name", "owner/name@", "owner/name@../x", "owner/name@/x",
      "owner/name@a//b", "owner/name@a b", "owner/name@-x", "owner/name@a/../../b",
      "owner/name/.gguf", "owner/name/\u{1}.gguf", "owner/" + String(repeating: "n", count: 96),
    ])
  func others(_ text: String) {
    #expect(HubName(text) == nil)
  }

  @Test("a commit is 40 lower-case digits")
  func commits() {
    #expect(HubName.isCommit(String(repeating: "0a", count: 20)))
    #expect(!HubName.isCommit(String(repeating: "0A", count: 20)))
    #expect(!HubName.isCommit(String(repeating: "0", count: 39)))
    #expect(!HubName.isCommit("main"))
  }
}
