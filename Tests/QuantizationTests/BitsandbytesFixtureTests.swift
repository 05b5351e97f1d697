import Foundation
import Kernels
import Testing

@testable import Quantization

/// Tensors of one safetensors file that bitsandbytes made; see `Tests/Fixtures/README.md`.
struct FixtureTensors {
  static let folder = URL(filePath: #filePath).appending(path: "../../Fixtures/data/bitsandbytes")
    .standardized

  private struct Entry: Decodable {
    let shape: [Int]
    let data_offsets: [Int]
  }

  private let entries: [String: Entry]
  /// No `Data`: what one holds of a static's memory the leak sanitizer does not see.
  private let data: [UInt8]

  init(_ name: String) throws {
    let file = try Data(contentsOf: Self.folder.appending(path: name))
    let length = file.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    let header = try JSONSerialization.jsonObject(with: Data(file[8..<8 + length]))
    var dictionary = try #require(header as? [String: Any])
    dictionary["__metadata__"] = nil
    entries = try JSONDecoder().decode(
      [String: Entry].self, from: JSONSerialization.data(withJSONObject: dictionary))
    data = Array(file[(8 + length)...])
  }

  func shape(_ name: String) throws -> [Int] { try #require(entries[name], "\(name)").shape }

  func array<Element: BitwiseCopyable>(_ name: String, of type: Element.Type) throws -> [Element] {
    let entry = try #require(entries[name], "\(name)")
    let bytes = data[entry.data_offsets[0]..<entry.data_offsets[1]]
    return bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / MemoryLayout<Element>.stride).map {
        bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.stride, as: type)
      }
    }
  }

  func floats(_ name: String) throws -> [Float] { try array(name, of: Float.self) }
}

extension QuantizationSuites {
  /// Every code, constant and dequantized weight that bitsandbytes gives, bit for bit.
  @Suite struct BitsandbytesFixtureTests {
    struct FourBitCase: Decodable {
      let `case`: String
      let weight: String
      let format: String
      let block_size: Int
      let shape: [Int]
      let dequantized_sha256: String
      let double_dequantized_sha256: String
    }

    static func code(_ format: String) -> FourBitCode { format == "nf4" ? .nf4 : .fp4 }

    @Test("four-bit codes, absmax and dequantized weights", arguments: KernelPath.available)
    func fourBit(path: KernelPath) throws {
      let tensors = try FixtureTensors("four_bit.safetensors")
      let cases = try JSONDecoder().decode(
        [FourBitCase].self,
        from: Data(contentsOf: FixtureTensors.folder.appending(path: "four_bit.json")))
      #expect(cases.count == 176)
      try on(path) {
        for fixture in cases where fixture.weight != "known" {
          let name = fixture.case
          let view = MatrixView(
            try tensors.floats("weight.\(fixture.weight)"), rows: fixture.shape[0],
            columns: fixture.shape[1])
          let plain = try FourBitMatrix(
            view, code: Self.code(fixture.format), blockSize: fixture.block_size)
          #expect(
            plain.exportedCodes() == (try tensors.array("\(name).packed", of: UInt8.self)),
            "\(name)")
          #expect(
            plain.exportedAbsmax().map(\.bitPattern)
              == (try tensors.floats("\(name).absmax")).map(\.bitPattern), "\(name)")
          #expect(sha256(plain.decoded()) == fixture.dequantized_sha256, "\(name)")
          let double = try FourBitMatrix(
            view, code: Self.code(fixture.format), blockSize: fixture.block_size,
            doubleQuantized: true)
          let constants = try #require(double.doubleQuantization)
          #expect(
            constants.codes == (try tensors.array("\(name).absmax_codes", of: UInt8.self)),
            "\(name)")
          #expect(
            constants.nestedScales.map(\.bitPattern)
              == (try tensors.floats("\(name).nested_absmax")).map(\.bitPattern), "\(name)")
          #expect(
            [constants.mean.bitPattern] == (try tensors.floats("\(name).offset")).map(\.bitPattern),
            "\(name)")
          #expect(sha256(double.decoded()) == fixture.double_dequantized_sha256, "\(name)")
        }
      }
    }

    @Test("Linear4bit's products, within Float32 rounding", arguments: KernelPath.available)
    func linear4bit(path: KernelPath) throws {
      let tensors = try FixtureTensors("linear_4bit.safetensors")
      try on(path) {
        for shape in ["48x64", "33x128", "20x192"] {
          let size = try tensors.shape("\(shape).weight")
          let view = MatrixView(
            try tensors.floats("\(shape).weight"), rows: size[0], columns: size[1])
          let x = try tensors.floats("\(shape).X")
          for format in ["nf4", "fp4"] {
            for double in [false, true] {
              let matrix = try FourBitMatrix(
                view, code: Self.code(format), doubleQuantized: double)
              let y = matrix.product(x, tokens: 5, bias: try tensors.floats("\(shape).bias"))
              let expected = try tensors.floats("\(shape).\(format)\(double ? ".double" : "").Y")
              let worst = zip(y, expected).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? .infinity
              #expect(worst <= 2e-6, "\(shape) \(format)")
            }
          }
        }
      }
    }

    static let activations = [
      "plain", "outliers", "one_row", "one_row_outlier", "zero_rows", "zero_row_outliers",
      "only_outlier", "boundary",
    ]

    @Test("LLM.int8() weights and products", arguments: KernelPath.available, activations)
    func llmInt8(path: KernelPath, activation: String) throws {
      let tensors = try FixtureTensors("int8.safetensors")
      let size = try tensors.shape("weight")
      try on(path) {
        let matrix = try LLMInt8Matrix(
          MatrixView(try tensors.floats("weight"), rows: size[0], columns: size[1]))
        #expect(matrix.exportedCodes() == (try tensors.array("CB", of: Int8.self)))
        #expect(
          matrix.exportedScales().map(\.bitPattern)
            == (try tensors.floats("SCB")).map(\.bitPattern))
        #expect(
          matrix.decoded().map(\.bitPattern)
            == (try tensors.floats("dequantized")).map(\.bitPattern))
        let x = try tensors.floats("\(activation).X")
        let bias = try tensors.floats("bias")
        let tokens = x.count / size[1]
        let outliers = try tensors.array("\(activation).outlier_columns", of: Int64.self)
        for (name, bias) in [("Y", bias), ("Y_without_bias", nil)] as [(String, [Float]?)] {
          let y = matrix.product(x, tokens: tokens, bias: bias)
          let expected = try tensors.floats("\(activation).\(name)")
          if outliers.isEmpty {
            #expect(y == expected)
          } else {
            let worst = zip(y, expected).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? .infinity
            #expect(worst <= 2e-6)
          }
        }
      }
    }
  }
}
