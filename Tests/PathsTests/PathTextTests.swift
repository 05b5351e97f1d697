import Paths
import Testing

@Suite struct PathTextTests {
  /// `é` as one scalar and as two, which Swift takes for the same.
  private let composed = "/caf\u{E9}"
  private let decomposed = "/cafe\u{301}"

  @Test("an accent after a slash hides neither it nor what stands before it")
  func accents() {
    #expect("\u{2F}\u{301}x".isAbsolutePath)
    #expect("a/\u{301}".pathParts.map { Array($0.utf8) } == [[0x61], [0xCC, 0x81]])
    #expect("../\u{301}x".pathParts.first == "..")
    #expect("a/../\u{301}x".pathParts.contains(".."))
    #expect("a/b/\u{301}x".beforeLastSlash == "a/b")
    #expect("a/b/\u{301}x".afterLastSlash.utf8.elementsEqual("\u{301}x".utf8))
    #expect(".\u{301}x".isHiddenName)
    #expect("a/\u{301}".pathNames.count == 2 && "//a//b/".pathNames == ["a", "b"])
    #expect("x".path(from: "/\u{301}a/") == "/\u{301}a/x")
    #expect("/\u{301}x".path(from: "/a").utf8.elementsEqual("/\u{301}x".utf8))
  }

  @Test("folders are told apart by their bytes, not by what they look like")
  func folders() {
    #expect(composed == decomposed)
    #expect(!composed.isSamePath(as: decomposed) && composed.isSamePath(as: composed))
    #expect(!"\(decomposed)/x".isPath(atOrBelow: composed))
    #expect("\(composed)/x".isPath(atOrBelow: composed) && composed.isPath(atOrBelow: composed))
    #expect("\(composed)/x".path(below: composed + "/") == "x")
    #expect(!"/book-2/x".isPath(atOrBelow: "/book") && !"/boo".isPath(atOrBelow: "/book"))
    #expect("/x".path(below: "/") == "x" && "/".isPath(atOrBelow: "/"))
    #expect("/book/\u{301}x".isPath(atOrBelow: "/book"))
  }

  @Test("keys are told apart by their bytes too")
  func keys() {
    #expect(Set([composed, decomposed].map(PathKey.init)).count == 2)
    #expect(Set([composed, composed].map(PathKey.init)).count == 1)
    #expect([PathKey("b"), PathKey("a/"), PathKey("a")].sorted().map(\.text) == ["a", "a/", "b"])
  }
}
