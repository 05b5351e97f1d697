import Foundation
import Testing

@testable import Quantization

extension QuantizationSuites {
  /// Every weight and every block that the gguf package gives, bit for bit.
  @Suite struct BlockFormatTests {
    private static let fixture = try? FixtureTensors("../ggml/blocks.safetensors")

    @Test(arguments: AllBlockFormats.all.map { $0.name })
    func weightsAreThoseOfThePackage(_ name: String) throws {
      let format = try #require(AllBlockFormats.named(name))
      let fixture = try #require(Self.fixture)
      let blocks = try fixture.array("\(name).blocks", of: UInt8.self)
      let expected = try fixture.floats("\(name).weights")
      #expect(expected.count == blocks.count / format.byteCount * format.blockSize)
      var decoded = [Float](repeating: .nan, count: expected.count)
      decoded.withUnsafeMutableBufferPointer { out in
        blocks.withUnsafeBytes { format.decode($0, into: out) }
      }
      let wrong = expected.indices.first { decoded[$0].bitPattern != expected[$0].bitPattern }
      #expect(wrong == nil, "\(wrong.map { "\($0): \(decoded[$0]), not \(expected[$0])" } ?? "")")
    }

    @Test func blocksAreThoseOfThePackage() throws {
      let fixture = try #require(Self.fixture)
      let weights = try fixture.floats("weights")
      for format: any EncodableBlockFormat.Type in [Q8_0Blocks.self, Q4_0Blocks.self] {
        let expected = try fixture.array("\(format.name).encoded", of: UInt8.self)
        let encoded = try weights.withUnsafeBufferPointer {
          try format.encode($0, tensor: "weights")
        }
        let wrong = expected.indices.first { encoded[$0] != expected[$0] }
        #expect(wrong == nil, "\(format.name): byte \(wrong ?? 0)")
        #expect(encoded.count == expected.count)
      }
    }

    @Test func weightsThatNoScaleHoldsAreNamed() {
      var weights = [Float](repeating: 0.5, count: 64)
      func encode() throws -> [UInt8] {
        try weights.withUnsafeBufferPointer { try Q4_0Blocks.encode($0, tensor: "w") }
      }
      weights[40] = 1e7
      #expect(throws: QuantizationError.beyondFloat16(tensor: "w", index: 32)) { try encode() }
      weights[50] = .nan
      #expect(throws: QuantizationError.nonFiniteWeight(tensor: "w", index: 50)) { try encode() }
      weights = Array(repeating: .leastNonzeroMagnitude, count: 32)
      #expect(throws: Never.self) { try encode() }
    }
  }
}
