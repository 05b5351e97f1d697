import SafeFiles

extension FuzzTarget {
  /// The reader of JSON that all readers of model files stand on.
  static let json = FuzzTarget("json", longest: 4096, fixtures: ["Tests/Fuzz/Corpus/results"]) {
    bytes in
    switch Self.read(bytes) {
    case .success(let value):
      // Members of the two stand on other lines, so that texts are compared.
      let text = value.indentedText
      let again = try? Self.read(Array(text.utf8)).get().indentedText
      try require(again == text, "what was read is another when it is written and read again")
    case .failure(let error):
      try require(error.line > 0 && error.column > 0, error.description)
    }
  }

  private static func read(_ bytes: [UInt8]) -> Result<JSONValue, JSONError> {
    Result { () throws(JSONError) in try JSONReader.read(bytes) }
  }
}
