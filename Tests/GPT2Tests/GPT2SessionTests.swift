import GPT2
import Testing

@Suite struct GPT2SessionTests {
  private func session() throws -> GPT2Session { try GPT2Session(Fixture.all[0].model()) }

  @Test(arguments: [-1, 211, .max] as [Int32])
  func aTokenOutsideTheVocabularyIsRefused(_ token: Int32) throws {
    let session = try session()
    #expect(throws: GPT2Error.tokenOutOfRange(token, position: 1, vocabularySize: 211)) {
      try session.read([0, token])
    }
    #expect(session.position == 0)
  }

  @Test func moreThanTheContextIsRefused() throws {
    let session = try session()
    try session.read(Array(repeating: 0, count: 60))
    #expect(throws: GPT2Error.tooManyPositions(65, limit: 64)) {
      try session.read([1, 2, 3, 4, 5])
    }
    session.reset()
    try session.read(Array(repeating: 0, count: 64))
  }

  @Test func readingNothingChangesNothing() throws {
    let session = try session()
    try session.read([])
    #expect(session.position == 0)
    #expect(try session.logits(rows: 0..<0).isEmpty)
  }
}
