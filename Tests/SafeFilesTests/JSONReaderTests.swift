@testable import SafeFiles
import Testing

@Suite struct JSONReaderTests {
  private func read(_ text: String) throws(JSONError) -> JSONValue {
    try JSONReader.read(Array(text.utf8))
  }

  @Test func valuesAreReadAsWritten() throws {
    let text = #" {"a": [1, -2.5e1, true, null], "b": "x\u00e9\ud83d\ude00\n"} "#
    guard case .object(let object) = try read(text) else {
      Issue.record("not an object")
      return
    }
    #expect(object["a"] == .array([.integer(1), .number(-25), .boolean(true), .null]))
    #expect(object["b"] == .string("xé😀\n"))
    #expect(object.members.map(\.name) == ["a", "b"])
  }

  @Test(
    arguments: [
      "", "{", "[1,]", "{\"a\":1,}", "01", "1.", "-", "1e999", "\"\\x\"", "\"\\ud800\"", "tru",
      "1 2",
      "{\"a\":1,\"a\":2}", "\"\u{1}\"", "NaN", "\"\\u12", "{1:2}", "\"abc",
    ])
  func whatIsNotJSONIsRefused(_ text: String) {
    #expect(throws: JSONError.self) { try read(text) }
  }

  @Test func deepNestingIsRefusedWithoutATrap() {
    #expect(throws: JSONError.self) { try read(String(repeating: "[", count: 1_000_000)) }
  }

  @Test func anErrorSaysWhere() {
    #expect(throws: JSONError(message: "expected a JSON value", line: 3, column: 3)) {
      try read("[\n1,\n  x]")
    }
  }

  @Test func bytesThatAreNotUTF8AreRefused() {
    #expect(throws: JSONError.self) { try JSONReader.read([0x22, 0xFF, 0x22]) }
  }
}
