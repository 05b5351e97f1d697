import Synchronization
import Testing

@testable import Quantization

@Suite struct SchemeTests {
  @Test("schemes are found by name, and each says what it is")
  func names() {
    #expect(AllSchemes.all.map { $0.name } == ["int8", "llmInt8", "fp4", "nf4"])
    #expect(AllSchemes.named("nf4") != nil)
    #expect(AllSchemes.named("NF4") == nil)
    #expect(AllSchemes.all.allSatisfy { !$0.summary.isEmpty })
  }

  @Test("only int8 takes vectors; raw codes are the codes")
  func vectors() throws {
    let values: [Float] = [0.5, -1, 0.25]
    let scaled = try Int8Scheme().quantize(vector: values, name: "ln.weight")
    #expect(zip(scaled.values, values).allSatisfy { abs($0 - $1) <= 0.004 })
    var raw = Int8Scheme()
    raw.coding.rawCodes = true
    #expect(try raw.quantize(vector: values, name: "ln.weight").values == [64, -127, 32])
    #expect(throws: QuantizationError.notAMatrix(tensor: "ln.weight", scheme: "nf4")) {
      try NF4Scheme().quantize(vector: values, name: "ln.weight")
    }
    #expect(throws: QuantizationError.nonFiniteWeight(tensor: "b", index: 1)) {
      try Int8Scheme().quantize(vector: [1, .nan], name: "b")
    }
  }

  @Test("raw codes of a matrix are whole numbers, the scaled ones the same codes")
  func rawCodes() throws {
    let view = MatrixView([0.5, -1, 0.25, 0], rows: 2, columns: 2)
    let raw = try Int8Matrix(view, coding: Int8Coding(rawCodes: true))
    #expect(raw.decoded() == [64, -127, 32, 0])
    #expect(try Int8Matrix(view).exportedCodes() == raw.exportedCodes())
  }

  @Test("block and group sizes are checked", arguments: [0, 1, 63, 65, 8192, -64])
  func sizes(size: Int) {
    let view = MatrixView([1], rows: 1, columns: 1)
    #expect(throws: QuantizationError.blockSize(size)) {
      try FourBitMatrix(view, code: .nf4, blockSize: size)
    }
    if size < 1 {
      #expect(throws: QuantizationError.groupSize(size)) {
        try Int8Matrix(view, coding: Int8Coding(granularity: .group(size)))
      }
    }
  }

  @Test("error measures of a known case")
  func weightError() throws {
    let view = MatrixView([1, -1, 0.5, 0.25], rows: 2, columns: 2)
    let same = try Float16Matrix(view)
    #expect(WeightError(of: same, to: view).signalToNoise == .infinity)
    let nf4 = WeightError(of: try FourBitMatrix(view, code: .nf4), to: view)
    #expect(abs(nf4.maximum - (0.5 - 0.44070982933044434)) < 1e-7)
    #expect(nf4.relative > 0)
  }

  @Test("the error of several tensors is that of one made of them")
  func errorsTogether() throws {
    let one: (quantized: [Float], original: [Float]) = ([1, 2], [1.5, 2])
    let other: (quantized: [Float], original: [Float]) = ([-3], [-3.25])
    let together = try #require(
      WeightError(together: [
        WeightError(of: one.quantized, to: one.original),
        WeightError(of: other.quantized, to: other.original),
      ]))
    #expect(
      together
        == WeightError(
          of: one.quantized + other.quantized, to: one.original + other.original))
    #expect(WeightError(together: []) == nil)
  }
}

@Suite struct TensorPatternTests {
  @Test(
    "a star is any run of characters",
    arguments: [
      ("*.weight", "h.0.ln_1.weight", true), ("*.weight", "h.0.ln_1.bias", false),
      ("h.*.attn.*", "h.11.attn.c_attn.weight", true), ("h.*.attn.*", "ln_f.weight", false),
      ("wte.weight", "wte.weight", true), ("wte.weight", "wte_weight", false), ("*", "", true),
      ("", "", true), ("", "a", false), ("a*b*c", "a__b__b_c", true), ("a*b*c", "a__c__b", false),
      ("**", "x", true), ("h.1.*", "h.11.attn", false),
    ])
  func matches(pattern: String, name: String, expected: Bool) {
    #expect(TensorPattern(pattern).matches(name) == expected)
  }

  @Test("a pattern of many stars takes no exponential time")
  func manyStars() {
    let pattern = String(repeating: "*a", count: 500)
    #expect(!TensorPattern(pattern + "b").matches(String(repeating: "a", count: 2000)))
  }

  @Test("what is excepted is left")
  func exceptions() {
    let some = TensorSelection(only: ["*.weight"], except: ["wte.*", "wpe.*"])
    #expect(!some.contains("wte.weight"))
    #expect(some.contains("ln_f.weight"))
  }
}

@Suite struct CancelledQuantizingTests {
  @Test func aLargeMatrixIsLeftInTheMiddle() async throws {
    let columns = 1 << 14
    let matrix = MatrixView(
      [Float](repeating: 1, count: 1024 * columns), rows: 1024, columns: columns)
    let groups = Mutex(0)
    let task = Task {
      withUnsafeCurrentTask { task in
        nonisolated(unsafe) let task = task
        #expect(throws: QuantizationError.cancelled) {
          try matrix.forEachGroup { _, _ in
            groups.withLock { $0 += 1 }
            task?.cancel()
          }
        }
      }
    }
    await task.value
    #expect(groups.withLock { 1..<matrix.groups ~= $0 })
  }
}
