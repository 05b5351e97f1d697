import Diagnostics
import Testing

@Suite struct NearestNamesTests {
  private static let schemes = ["int8", "llmInt8", "fp4", "nf4"]

  @Test(
    "a slip finds its neighbour",
    arguments: [
      ("nf-4", "nf4"), ("NF4", "nf4"), ("int4", "int8"), ("llmint8", "llmInt8"), ("itn8", "int8"),
    ])
  func slip(_ typed: String, _ meant: String) {
    #expect(nearestNames(to: typed, among: Self.schemes).first == meant)
  }

  @Test("what is far from every name finds none")
  func far() {
    #expect(nearestNames(to: "gptq-marlin", among: Self.schemes).isEmpty)
    #expect(nearestNames(to: "", among: Self.schemes).isEmpty)
  }

  @Test("kebab case, camel case and snake case are near each other")
  func cases() {
    #expect(nearestNames(to: "block-size", among: ["blockSize", "stride"]) == ["blockSize"])
    #expect(nearestNames(to: "BlockSize", among: ["blockSize", "stride"]) == ["blockSize"])
  }

  @Test("an alias wins over any neighbour")
  func alias() {
    let found = nearestNames(to: "8-bit", among: Self.schemes, aliases: ["8bit": "llmInt8"])
    #expect(found == ["llmInt8"])
  }

  @Test("at most three, the nearest first")
  func order() {
    let found = nearestNames(to: "tbl-a", among: ["tbl-abc", "tbl-ab", "tbl-b", "tbl-c", "tbl-A"])
    #expect(found.count == 3)
    #expect(found.first == "tbl-A")
  }

  @Test func aNameOfWhichNothingIsLeftIsNone() {
    #expect(nearestNames(to: "z", among: ["x", "y"]).isEmpty)
    #expect(nearestNames(to: "X", among: ["x", "y"]) == ["x"])
  }
}
