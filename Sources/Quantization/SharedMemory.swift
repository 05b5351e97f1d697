/// Memory that does not change any more, shared by reference: its own, 64-byte aligned, or borrowed.
///
/// Sendable because nothing writes to it after `init` returns.
final class SharedMemory: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer
  private let owner: (any AnyObject & Sendable)?

  /// Borrows memory that `owner` keeps valid and unchanged.
  init(borrowing bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable) {
    self.bytes = bytes
    self.owner = owner
  }

  /// `count` elements, zero until `fill` writes them.
  init<Element: BitwiseCopyable, Failure: Error>(
    of type: Element.Type, count: Int,
    fill: (UnsafeMutableBufferPointer<Element>) throws(Failure) -> Void
  ) throws(Failure) {
    let byteCount = count * MemoryLayout<Element>.stride
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    do {
      try fill(memory.bindMemory(to: Element.self))
    } catch {
      memory.deallocate()
      throw error
    }
    bytes = UnsafeRawBufferPointer(memory)
    owner = nil
  }

  convenience init<Element: BitwiseCopyable>(copying elements: [Element]) {
    self.init(of: Element.self, count: elements.count) { buffer in
      _ = buffer.update(from: elements)
    }
  }

  deinit {
    if owner == nil { bytes.deallocate() }
  }

  func elements<Element: BitwiseCopyable>(of type: Element.Type) -> UnsafeBufferPointer<Element> {
    bytes.assumingMemoryBound(to: type)
  }
}
