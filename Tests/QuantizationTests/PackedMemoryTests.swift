import Kernels
import Testing

@testable import Quantization

@Suite struct PackedMemoryTests {
  @Test func whatTheSystemDoesNotGiveIsAnError() {
    let byteCount = 1 << 60
    #expect(throws: QuantizationError.outOfMemory(OutOfMemory(byteCount: byteCount))) {
      try PackedMemory<Float>(byteCount / 4)
    }
    let message = QuantizationError.outOfMemory(OutOfMemory(byteCount: 5 << 20)).description
    #expect(message == "out of memory: the system does not give another 5 MiB")
  }
}
