/// Memory that the system does not give.
public struct OutOfMemory: Error, Hashable, Sendable, CustomStringConvertible {
  public let byteCount: Int

  public init(byteCount: Int) { self.byteCount = byteCount }

  public var description: String {
    "out of memory: the system does not give another \(max(byteCount >> 20, 1)) MiB"
  }
}
