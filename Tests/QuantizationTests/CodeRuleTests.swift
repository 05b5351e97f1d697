import Kernels
import Testing

@testable import Quantization

extension QuantizationSuites {
  /// FP4 by the rules of both backends, at and beside every threshold.
  @Suite struct CodeRuleTests {
    /// The literals of bitsandbytes' `csrc/kernels.cu`, and the codes from one to the next.
    private static let boundaries: [Float] = [
      0.00260417, 0.0859375, 0.20833333, 0.29166667, 0.4166667, 0.583333, 0.8333333,
    ]
    private static let magnitudeCodes: [UInt8] = [0, 1, 6, 7, 4, 5, 2, 3]

    /// A decision over |x|, as the CUDA kernel makes it.
    private static func cudaCode(_ x: Float) -> UInt8 {
      let above = boundaries.count { x.magnitude > $0 }
      return magnitudeCodes[above] + (x < 0 ? 8 : 0)
    }

    /// Full blocks of 64 with an absmax of 1.
    private static let values: [Float] = {
      var values: [Float] = [1, -1, 0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude]
      for boundary in boundaries {
        for x in [boundary, boundary.nextUp, boundary.nextDown] { values += [x, -x] }
      }
      return values + [Float](repeating: 1, count: 64 - values.count)
    }()

    private static func codes(_ rule: CodeRule) throws -> [UInt8] {
      let view = MatrixView(values, rows: 1, columns: 64)
      let packed = try FourBitMatrix(view, code: .fp4, rule: rule).exportedCodes()
      return packed.flatMap { [$0 >> 4, $0 & 15] }
    }

    @Test("CUDA's rule compares magnitudes", arguments: KernelPath.available)
    func cuda(path: KernelPath) throws {
      try on(path) {
        let codes = try Self.codes(.cuda)
        #expect(codes == Self.values.map(Self.cudaCode))
      }
    }

    @Test("the CPU's rule codes small positives 8 and zero 0", arguments: KernelPath.available)
    func cpu(path: KernelPath) throws {
      try on(path) {
        let codes = (cpu: try Self.codes(.cpu), cuda: try Self.codes(.cuda))
        #expect(Array(codes.cpu[2..<6]) == [0, 0, 8, 0])
        #expect(Array(codes.cuda[2..<6]) == [0, 0, 0, 8])
      }
    }

    @Test("NF4 is the same by both rules, but for a short last block's last bit")
    func nf4() throws {
      let view = MatrixView(Self.values, rows: 1, columns: 64)
      let codes = try CodeRule.allCases.map {
        try FourBitMatrix(view, code: .nf4, rule: $0).exportedCodes()
      }
      #expect(codes[0] == codes[1])
    }
  }
}
