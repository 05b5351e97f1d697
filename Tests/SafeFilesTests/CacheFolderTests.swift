import Foundation
import SafeFiles
import Testing

@Suite struct CacheFolderTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  @Test func theVariableOfQuantbookComesFirst() throws {
    let path = find(["QUANTBOOK_CACHE": directory("a"), "XDG_CACHE_HOME": directory("b")])
    #expect(path == directory("a"))
    let made = try FileManager.default.attributesOfItem(atPath: directory("a"))
    #expect(made[.posixPermissions] as? Int == 0o700)
  }

  @Test func thenTheFolderOfTheDesktopThenTheHome() {
    #expect(
      find(["QUANTBOOK_CACHE": "", "XDG_CACHE_HOME": directory("b"), "HOME": directory("c")])
        == directory("b") + "/quantbook")
    let home = find(["XDG_CACHE_HOME": "relative", "HOME": directory("c")])
    #expect(
      home == directory("c") + "/.cache/quantbook"
        || home == directory("c") + "/Library/Caches/quantbook")
  }

  @Test func noneWhereNoneCanBeMade() throws {
    #expect(find([:]) == nil)
    try AtomicWrite.write("a file", to: directory("f"))
    #expect(find(["QUANTBOOK_CACHE": directory("f")]) == nil)
    #expect(find(["QUANTBOOK_CACHE": directory("f") + "/below"]) == nil)
  }

  private func find(_ variables: [String: String]) -> String? {
    CacheFolder.path { variables[$0] }
  }
}
