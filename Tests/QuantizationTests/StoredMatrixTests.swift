import Kernels
import TestSupport
import Testing

@testable import Quantization

extension QuantizationSuites {
  @Suite struct StoredMatrixTests {
    static let schemes: [any QuantizationScheme] = {
      var schemes: [any QuantizationScheme] = []
      for granularity in [Int8Coding.Granularity.tensor, .channel, .group(16), .group(7)] {
        for mapping in [Int8Coding.Mapping.absmax, .zeroPoint] {
          for raw in [false, true] {
            var scheme = Int8Scheme()
            scheme.coding = Int8Coding(granularity: granularity, mapping: mapping, rawCodes: raw)
            schemes.append(scheme)
          }
        }
      }
      var integers = Int8Scheme()
      integers.coding.granularity = .channel
      integers.compute = .int8
      schemes.append(integers)
      schemes.append(LLMInt8Scheme())
      var threshold = LLMInt8Scheme()
      threshold.outlierThreshold = 0.5
      schemes.append(threshold)
      for blockSize in [32, 64, 4096] {
        for doubleQuantized in [false, true] {
          for rule in CodeRule.allCases {
            var nf4 = NF4Scheme()
            (nf4.blockSize, nf4.doubleQuantized, nf4.rule) = (blockSize, doubleQuantized, rule)
            var fp4 = FP4Scheme()
            (fp4.blockSize, fp4.doubleQuantized, fp4.rule) = (blockSize, doubleQuantized, rule)
            schemes += [nf4, fp4]
          }
        }
      }
      return schemes
    }()

    static let shapes = [(1, 1), (3, 15), (16, 64), (17, 63), (48, 64), (49, 320)]

    @Test func whatIsMadeAgainHasTheSameBits() throws {
      for scheme in Self.schemes {
        for (rows, columns) in Self.shapes {
          let view = view(rows, columns)
          guard let matrix = try? scheme.quantize(view) else {
            continue  // Integer products of short rows.
          }
          let bytes = try storedBytes(matrix)
          let again = try #require(
            restore(scheme, rows, columns, bytes), "\(scheme) \(rows)×\(columns)")
          #expect(type(of: again) == type(of: matrix))
          #expect(try storedBytes(again) == bytes, "\(scheme) \(rows)×\(columns)")
          #expect(again.storage == matrix.storage, "\(scheme) \(rows)×\(columns)")
          #expect(bits(again.decoded()) == bits(matrix.decoded()), "\(scheme) \(rows)×\(columns)")
          let x = numbers(2 * columns, seed: 9)
          #expect(
            bits(again.product(x, tokens: 2, bias: nil))
              == bits(matrix.product(x, tokens: 2, bias: nil)), "\(scheme) \(rows)×\(columns)")
        }
      }
    }

    @Test func exportedConstantsAreTheSame() throws {
      for doubleQuantized in [false, true] {
        var scheme = NF4Scheme()
        scheme.doubleQuantized = doubleQuantized
        for (rows, columns) in Self.shapes {
          let matrix = try #require(scheme.quantize(view(rows, columns)) as? FourBitMatrix)
          let again = try #require(
            restore(scheme, rows, columns, storedBytes(matrix)) as? FourBitMatrix)
          #expect(again.exportedCodes() == matrix.exportedCodes())
          #expect(again.exportedAbsmax() == matrix.exportedAbsmax())
          #expect(again.doubleQuantization == matrix.doubleQuantization)
        }
      }
    }

    @Test func halvesAreMadeAgain() throws {
      for (rows, columns) in Self.shapes {
        let float16 = try Float16Matrix(view(rows, columns))
        let bfloat16 = try BFloat16Matrix(view(rows, columns))
        let bytes = try storedBytes(float16)
        #expect(
          try bytes.withUnsafeBytes {
            try #require(Float16Matrix(StoredArrays($0), rows: rows, columns: columns)).decoded()
          } == float16.decoded())
        #expect(
          try storedBytes(bfloat16).withUnsafeBytes {
            try #require(BFloat16Matrix(StoredArrays($0), rows: rows, columns: columns)).decoded()
          } == bfloat16.decoded())
        bytes.dropLast().withUnsafeBytes {
          #expect(Float16Matrix(StoredArrays($0), rows: rows, columns: columns) == nil)
        }
      }
    }

    @Test func arraysOfAnotherLengthAreRefused() throws {
      for scheme in Self.schemes {
        guard let matrix = try? scheme.quantize(view(3, 40)) else { continue }
        let bytes = try storedBytes(matrix)
        for length in 0..<bytes.count {
          #expect(restore(scheme, 3, 40, Array(bytes[..<length])) == nil, "\(scheme) \(length)")
        }
        #expect(restore(scheme, 3, 40, bytes + [0]) == nil, "\(scheme)")
        #expect(restore(scheme, 3, 40, bytes + [UInt8](repeating: 0, count: 64)) == nil)
        for (rows, columns) in [(20, 40), (3, 400), (400, 3), (1 << 40, 1 << 20), (0, 0)] {
          #expect(restore(scheme, rows, columns, bytes) == nil, "\(scheme) \(rows)×\(columns)")
        }
      }
    }

    @Test func anyBytesOfTheRightLengthComputeSomething() throws {
      var numbers = Numbers(seed: 3)
      for scheme in Self.schemes {
        guard let matrix = try? scheme.quantize(view(17, 72)) else { continue }
        let bytes = try storedBytes(matrix).map { _ in
          UInt8(truncatingIfNeeded: Int(numbers.next() * 999))
        }
        let hostile = try #require(restore(scheme, 17, 72, bytes))
        #expect(hostile.decoded().count == 17 * 72)
        #expect(
          hostile.product([Float](repeating: 1, count: 72), tokens: 1, bias: nil).count == 17)
      }
    }

    @Test func everySettingIsInTheIdentity() {
      let identities = Self.schemes.map(\.identity)
      #expect(Set(identities).count == identities.count)
      var remainder = NF4Scheme()
      remainder.remainder = .bfloat16
      #expect(remainder.identity == NF4Scheme().identity, "it says nothing of what is quantized")
    }

    @Test("whoever changes the stored bytes raises StoredMatrix.version")
    func theBytesAreThoseOfTheVersion() throws {
      var all: [UInt8] = []
      for scheme in Self.schemes {
        for (rows, columns) in [(17, 64), (48, 128)] {
          all += try storedBytes(scheme.quantize(view(rows, columns)))
        }
      }
      all +=
        try storedBytes(Float16Matrix(view(17, 64))) + storedBytes(BFloat16Matrix(view(17, 64)))
      #expect(StoredMatrix.version == 1)
      #expect(sha256(all) == "4310b01fc26fb5ee7bc101b6ca1610aaaabde4897bbe2da22d0219c58c20a09c")
    }

    private func view(_ rows: Int, _ columns: Int) -> MatrixView {
      MatrixView(numbers(rows * columns, seed: 1), rows: rows, columns: columns)
    }

    private func numbers(_ count: Int, seed: UInt64) -> [Float] {
      var numbers = Numbers(seed: seed)
      return numbers.array(count)
    }

    private func storedBytes(_ matrix: any WeightMatrix) throws -> [UInt8] {
      try #require(matrix as? any StorableMatrix).withStoredPieces { $0.flatMap { Array($0) } }
    }

    private func restore(
      _ scheme: any QuantizationScheme, _ rows: Int, _ columns: Int, _ bytes: [UInt8]
    ) -> (any WeightMatrix)? {
      bytes.withUnsafeBytes { scheme.restore(StoredArrays($0), rows: rows, columns: columns) }
    }

    private func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }
  }
}
