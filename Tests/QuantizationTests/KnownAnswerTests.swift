import Kernels
import Testing

@testable import Quantization

extension QuantizationSuites {
  /// What bitsandbytes 0.50.2 makes of one 96 × 256 matrix on a CPU, as SHA-256 of the bytes.
  @Suite struct KnownAnswerTests {
    /// W[o, i] = float32(u) × 2⁻³¹ × (1 + o mod 7), u a multiplicative hash of the flat index.
    let weights: [Float] = (0..<96 * 256).map { index in
      let hash = UInt32(truncatingIfNeeded: UInt64(index) * 2_654_435_761)
      return Float(Int64(hash) - (1 << 31)) * 0x1p-31 * Float(1 + index / 256 % 7)
    }
    var view: MatrixView { MatrixView(weights, rows: 96, columns: 256) }

    @Test("the matrix itself")
    func matrix() {
      #expect(
        sha256(weights) == "f4dbb97f31354cc37f2f6640395e4bdb61f2fefebc07ce9e1f0b53c6b1a5b320")
    }

    @Test("NF4 codes and absmax at block size 64", arguments: KernelPath.available)
    func nf4(path: KernelPath) throws {
      try on(path) {
        let matrix = try FourBitMatrix(view, code: .nf4)
        #expect(
          sha256(matrix.exportedCodes())
            == "32eff13b4b1e742d60acbef2d2e4acd9aea96c7072a48d341f6e9b1efb9e396e")
        #expect(
          sha256(matrix.exportedAbsmax())
            == "55ce12a37d71c735dec0f07b4affa18872c34151b4d1ec3e75168067956b550c")
      }
    }

    @Test("FP4 codes", arguments: KernelPath.available)
    func fp4(path: KernelPath) throws {
      try on(path) {
        let matrix = try FourBitMatrix(view, code: .fp4)
        #expect(
          sha256(matrix.exportedCodes())
            == "f36da1436a15ac27f3d2a60148cce581f8332dc04f3735ad0755f0ca20f55135")
      }
    }

    @Test("double quantization: codes, nested scales, mean")
    func double() throws {
      let matrix = try FourBitMatrix(view, code: .nf4, doubleQuantized: true)
      let double = try #require(matrix.doubleQuantization)
      #expect(
        sha256(double.codes)
          == "46c7298b148c025718887e827ede8621cde68caaa299ef07e55c0f358cca410f")
      #expect(double.mean.bitPattern == 0x407a_8478)
      #expect(double.nestedScales.map(\.bitPattern) == [0x4045_3c06, 0x4045_6db4])
    }

    @Test("double quantization by CUDA's rule: the nearest codes")
    func nearestCodes() throws {
      let matrix = try FourBitMatrix(view, code: .nf4, doubleQuantized: true, rule: .cuda)
      let double = try #require(matrix.doubleQuantization)
      #expect(
        sha256(double.codes)
          == "f66a982998ab10e197307948d8be64e0eec9c9771810f5028b6c84da1565c6f1")
      #expect(double.nestedScales.map(\.bitPattern) == [0x4045_3c06, 0x4045_6db4])
    }

    @Test("the dynamic map of double quantization")
    func dynamicMap() {
      #expect(
        sha256(DoubleQuantization.dynamicMap)
          == "e732639a65f497b4ad684bb166a4467708255edd5207757de8b8f0c7e1fda89c")
    }

    @Test("LLM.int8() codes and row scales", arguments: KernelPath.available)
    func llmInt8(path: KernelPath) throws {
      try on(path) {
        let matrix = try LLMInt8Matrix(view)
        #expect(
          sha256(matrix.exportedCodes())
            == "a8f39830215dd07787736ff94b40b7f750693c6977be3cc2e40eaf823f3db32f")
        #expect(
          sha256(matrix.exportedScales())
            == "e793e2d34e0cf527b67208975abe5ae143fbfb0cd0869e9c78d1384c4e986fb3")
      }
    }
  }
}
