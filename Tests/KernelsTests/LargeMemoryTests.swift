import Testing

@testable import Kernels

@Suite struct LargeMemoryTests {
  @Test func isZeroAndAligned() throws {
    for isShared in [false, true] {
      let memory = try LargeMemory(byteCount: 1000, isShared: isShared)
      #expect(Int(bitPattern: memory.start) % 64 == 0)
      #expect(UnsafeRawBufferPointer(start: memory.start, count: 1000).allSatisfy { $0 == 0 })
    }
  }

  /// More than any address space has, and more than can be rounded up.
  @Test(arguments: [1 << 60, Int.max])
  func refusesWhatTheSystemDoesNotGive(byteCount: Int) {
    #expect(throws: OutOfMemory(byteCount: byteCount)) { try LargeMemory(byteCount: byteCount) }
  }

  @Test func aCacheOfTooManyPositionsIsRefused() {
    #expect(throws: OutOfMemory.self) {
      try KeyValueCache(layers: 1 << 10, heads: 1 << 10, headWidth: 64, capacity: 1 << 30)
    }
  }

  @Test func saysHowMuch() {
    #expect(
      OutOfMemory(byteCount: 3 << 30).description
        == "out of memory: the system does not give another 3072 MiB")
  }
}
