import Foundation
import InputLimits
import Testing

@Suite struct LimitsTests {
  @Test("names are words with dashes, as the cases are called", arguments: Limit.allCases)
  func names(_ limit: Limit) {
    let words = "\(limit)".reduce(into: "") { name, character in
      name += character.isUppercase ? "-" + character.lowercased() : String(character)
    }
    #expect(limit.name == words)
    #expect(limit.summary.hasSuffix("."))
    #expect(
      0 <= limit.lowest && limit.lowest <= limit.usual && 0 < limit.usual
        && limit.usual <= limit.most)
    // `Hub` and `GGUF` counts are bytes exactly where the name says so.
    #expect((limit.unit == .bytes) == (limit.name.hasSuffix("-bytes") && limit != .expressionBytes))
    #expect((limit.unit == .levels) == limit.name.hasSuffix("-depth"))
  }

  @Test("those given to a task hold in it alone, and never above the most")
  func scope() {
    Limits.with([.yamlDepth: 3]) {
      #expect(Limit.yamlDepth.value == 3)
      Limits.with([.yamlKeys: 5, .jsonDepth: 1 << 40]) {
        #expect(Limit.yamlDepth.value == 3)
        #expect(Limit.yamlKeys.value == 5)
        #expect(Limit.jsonDepth.value == Limit.jsonDepth.most)
      }
      Limits.with([.width: 0]) { #expect(Limit.width.value == 1) }
      #expect(Limit.yamlKeys.value == Limit.yamlKeys.usual)
    }
    #expect(Limit.yamlDepth.value == Limit.yamlDepth.usual)
  }

  @Test("the cure doubles a limit, up to the most")
  func cure() {
    #expect(Limit.notebookBytes.cure == "--limit notebook-bytes=32MiB allows more")
    #expect(Limit.yamlDepth.cure == "--limit yaml-depth=128 allows more")
    Limits.with([.yamlDepth: 200, .formulaDepth: 120]) {
      #expect(Limit.yamlDepth.cure == "--limit yaml-depth=256 allows more")
      #expect(Limit.formulaDepth.cure == "the limit formula-depth can be set no higher")
    }
  }

  @Test("the cure for a need fits it, and nothing beyond the most is advised")
  func cureForNeed() {
    #expect(Limit.notebookBytes.cure(for: 100 << 20) == "--limit notebook-bytes=128MiB allows it")
    #expect(Limit.yamlDepth.cure(for: 255) == "--limit yaml-depth=256 allows it")
    let beyond = "the limit yaml-depth can be set no higher than 256"
    #expect(Limit.yamlDepth.cure(for: 257) == beyond)
    #expect(Limit.yamlDepth.cure(for: UInt64.max) == beyond)
  }

  @Test(
    "numbers of bytes",
    arguments: [
      ("0", 0), ("4096", 4096), ("2GiB", 2 << 30), ("1.5 MiB", 3 << 19), ("100MB", 100_000_000),
      ("1TiB", 1 << 40), ("7B", 7),
    ])
  func bytes(_ text: String, _ expected: Int) {
    #expect(ByteCount(text)?.bytes == expected)
    #expect(ByteCount(ByteCount(bytes: expected).text)?.bytes == expected)
  }

  @Test(
    "what is no number of bytes",
    arguments: ["", "MiB", "-1", "1e30", "nan", "inf", "9999999999TiB", "1 2", "two"])
  func noBytes(_ text: String) { #expect(ByteCount(text) == nil) }

  /// A limit without a test is one that nobody knows to hold.
  @Test("each limit is set by a test that meets it")
  func tests() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    var sources = ""
    for name in names ?? []
    where (name.hasSuffix("Tests.swift") || name.hasSuffix(".py")) && !name.contains("InputLimits")
    {
      sources += try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }
    let missing = Limit.allCases.filter {
      !sources.contains("[.\($0):") && !sources.contains(" .\($0):")
        && !sources.contains("(.\($0),") && !sources.contains(" .\($0), ")
        && !sources.contains("\"\($0.name)=")
    }
    #expect(missing.isEmpty)
  }
}
