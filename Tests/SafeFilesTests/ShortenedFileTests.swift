import Foundation
import Testing

@testable import SafeFiles

/// A mapped file that another program shortens while it is read.
@Suite struct ShortenedFileTests {
  @Test func theProcessEndsWithTheFilesName() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(5), observing: [\.standardErrorContent]
    ) {
      let path = NSTemporaryDirectory() + "shortened-\(UUID().uuidString)"
      try Data(count: 1 << 20).write(to: URL(filePath: path))
      let file = try MappedFile(path: path)
      truncate(path, 4096)
      // Whole again, and gone from its folder: what was mapped is what counts.
      unlink(path)
      var sum = 0
      for byte in file.bytes { sum += Int(byte) }
      print(sum)
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.hasPrefix("error: "))
    #expect(message.contains("shortened-"))
    #expect(message.hasSuffix("while it was in use\n"))
  }

  @Test func otherBusErrorsEndItAsTheyDo() async throws {
    await #expect(processExitsWith: .signal(SIGBUS)) {
      let path = NSTemporaryDirectory() + "other-\(UUID().uuidString)"
      try Data(count: 1 << 20).write(to: URL(filePath: path))
      do { _ = try MappedFile(path: path) }
      raise(SIGBUS)
    }
  }
}
