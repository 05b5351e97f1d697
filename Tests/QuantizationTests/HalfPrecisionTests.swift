import Testing

@testable import Quantization

@Suite struct HalfPrecisionTests {
  @Test("every half is itself again after a round trip through Float32")
  func roundTrip() {
    for bits in UInt16.min...UInt16.max {
      let value = Float(float16: bits)
      if value.isNaN { continue }
      #expect(value.float16Bits == bits)
    }
  }

  @Test(
    "rounds to nearest, ties to even",
    arguments: [
      (1.0 as Float, 0x3C00), (1 + 0x1p-11, 0x3C00), (1 + 0x1.8p-10, 0x3C02), (65504, 0x7BFF),
      (65519.99, 0x7BFF), (65520, 0x7C00), (-.infinity, 0xFC00), (0x1p-24, 1), (0x1p-25, 0),
      (0x1.8p-24, 2), (0x1p-14, 0x0400), (-0.0, 0x8000),
    ] as [(Float, UInt16)])
  func float16(value: Float, bits: UInt16) {
    #expect(value.float16Bits == bits)
  }

  @Test("bfloat16 rounds to nearest, ties to even")
  func bfloat16() {
    #expect(Float(1).bfloat16Bits == 0x3F80)
    #expect(Float(1 + 0x1p-8).bfloat16Bits == 0x3F80)
    #expect(Float(1 + 0x1.8p-7).bfloat16Bits == 0x3F82)
    #expect(Float.nan.bfloat16Bits & 0x7FFF > 0x7F80)
  }
}
