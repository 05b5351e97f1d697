import Foundation
import FuzzTargets
import Testing

/// The inputs of `Corpus`, which are seeds and what once broke something; and inputs like them.
@Suite(.serialized) struct ReplayTests {
  private static let root = URL(filePath: #filePath).appending(path: "../../../..").standardized

  private static func files(in folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { !$0.hasDirectoryPath }.sorted { $0.path < $1.path }
  }

  private static func seeds(of target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
    try (["Tests/Fuzz/Corpus/\(target.name)"] + target.fixtures).flatMap { folder in
      try files(in: root.appending(path: folder)).map {
        ("\(folder)/\($0.lastPathComponent)", Array(try Data(contentsOf: $0)))
      }
    }
  }

  /// The words of its dictionary, which stand in quotes with C's escapes of bytes.
  private static func words(of target: FuzzTarget) throws -> [[UInt8]] {
    let url = root.appending(path: "Tests/Fuzz/Dictionaries/\(target.name).dict")
    guard FileManager.default.fileExists(atPath: url.path) else { return [] }
    return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").compactMap { line in
      guard !line.hasPrefix("#"), let start = line.firstIndex(of: "\""), line.hasSuffix("\"")
      else { return nil }
      var word: [UInt8] = []
      var rest = line[line.index(after: start)...].dropLast()
      while let character = rest.popFirst() {
        guard character == "\\", let next = rest.popFirst() else {
          word += Array(String(character).utf8)
          continue
        }
        guard next == "x" else {
          word += Array(String(next).utf8)
          continue
        }
        word.append(UInt8(rest.prefix(2), radix: 16) ?? 0)
        rest = rest.dropFirst(2)
      }
      return word
    }
  }

  @Test("what was found stays mended", arguments: FuzzTarget.all)
  func replays(_ target: FuzzTarget) throws {
    let seeds = try Self.seeds(of: target)
    for seed in seeds {
      #expect(throws: Never.self, "\(seed.name)") { try target.run(seed.bytes) }
    }
    #expect(seeds.count >= 3, "\(target) has hardly a seed")
    try target.run([])
  }

  private static func setting<Number: FixedWidthInteger>(_ name: String) -> Number? {
    ProcessInfo.processInfo.environment["QUANTBOOK_FUZZ_\(name)"].flatMap { Number($0) }
  }

  private static let chosen = ProcessInfo.processInfo.environment["QUANTBOOK_FUZZ_TARGET"]

  /// The same inputs each time, unless `QUANTBOOK_FUZZ_STATE` is set; so many, or for so many seconds.
  @Test(
    "what is like them is read or refused",
    arguments: FuzzTarget.all.filter { chosen == nil || $0.name == chosen })
  func mutates(_ target: FuzzTarget) throws {
    let state: UInt64 = Self.setting("STATE") ?? 1
    let seconds: Int? = Self.setting("SECONDS")
    let end = seconds.map { ContinuousClock.now + .seconds($0) }
    let count = Self.setting("COUNT") ?? (end == nil ? 2000 : Int.max)
    let seeds = try Self.seeds(of: target).map(\.bytes).filter { $0.count <= target.longest }
    var input = MutatedInput(
      of: seeds, words: try Self.words(of: target), longest: target.longest, state: state)
    var made = 0
    while made < count, end.map({ ContinuousClock.now < $0 }) ?? true {
      made += 1
      let bytes = input.next()
      #expect(throws: Never.self, "\(Data(bytes).base64EncodedString())") { try target.run(bytes) }
    }
    if end != nil { print("\(target.name): \(made) inputs from the state \(state)") }
  }
}
