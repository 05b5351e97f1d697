import Foundation
import SafeFiles
import Testing

@Suite struct FileLockTests {
  @Test("a lock is had by one holder, and again after it")
  func exclusion() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("lock-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var lock = try FileLock.take(path)
    #expect(lock != nil)
    #expect(try FileLock.take(path) == nil)
    lock = nil
    #expect(try FileLock.take(path) != nil)
  }

  @Test("a lock on a file that was removed is none")
  func removed() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("lock-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let lock = try FileLock.take(path)
    try FileManager.default.removeItem(atPath: path)
    #expect(lock != nil)
    #expect(try FileLock.take(path) != nil)
  }
}
