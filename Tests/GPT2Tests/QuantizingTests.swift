import GPT2
import Quantization
import Testing

@Suite struct QuantizingTests {
  /// MiB with two decimals, as the report prints them.
  private func mebibytes(_ bytes: Int) -> Double {
    (Double(bytes) / 1_048_576 * 100).rounded() / 100
  }

  @Test func theMemoryRowIsThePublishedOne() throws {
    let model = try GPT2Model.random(named: "gpt2")
    #expect(mebibytes(model.reportedBytes) == 474.70)
    let rows: [(any QuantizationScheme, [TensorPattern]?, Double)] = [
      (Int8Scheme(), nil, 118.97), (LLMInt8Scheme(), nil, 156.35), (FP4Scheme(), nil, 115.85),
      (NF4Scheme(), nil, 115.85), (Int8Scheme(), ["h.*.attn.*", "h.*.mlp.*"], 231.70),
    ]
    for (scheme, only, expected) in rows {
      let quantized = try model.quantized(by: scheme, only: only)
      #expect(mebibytes(quantized.model.reportedBytes) == expected, "\(type(of: scheme).name)")
      #expect(quantized.model.packedBytes >= quantized.model.reportedBytes)
    }
  }

  @Test func onlyWeightsAreTakenAndTheRestIsShared() throws {
    let model = try Fixture.all[0].model()
    let quantized = try model.quantized(by: Int8Scheme(), only: ["h.0.*"], except: ["*.mlp.*"])
    let taken = quantized.coverage.filter(\.isQuantized).map(\.name)
    #expect(
      taken == [
        "h.0.ln_1.weight", "h.0.attn.c_attn.weight", "h.0.attn.c_proj.weight", "h.0.ln_2.weight",
      ])
    #expect(quantized.coverage.count == model.tensorNames.count)
    #expect(quantized.model["h.0.mlp.c_fc.weight"]?.format == "float32")
  }

  @Test func theHeadIsQuantizedApartWhereTheSchemeLeavesIt() throws {
    for fixture in Fixture.all {
      let model = try fixture.model()
      let head = model.config.tiesHead ? "wte.weight" : "lm_head.weight"
      let quantized = try model.quantized(by: LLMInt8Scheme(), head: Int8Scheme())
      #expect(quantized.model[head]?.format == "int8")
      #expect(quantized.model["h.0.attn.c_attn.weight"]?.format == "llmInt8")
      #expect(quantized.coverage.first { $0.name == head }?.isQuantized == true)
      let whole = try model.quantized(by: Int8Scheme(), head: LLMInt8Scheme())
      #expect(whole.model[head]?.format == "int8")
    }
  }

  @Test(arguments: [FloatFormat.float16, .bfloat16])
  func weightsCanBeHeldIn16Bits(_ format: FloatFormat) throws {
    let fixture = Fixture.all[format == .float16 ? 3 : 2]
    let expected = try fixture.expected()
    let model = try GPT2Model.load(path: fixture.directory, as: format)
    #expect(model.reportedBytes == model.parameterCount * 2)
    let session = try GPT2Session(model)
    try session.read(expected.tokens("input_ids"))
    // The file has this very format: nothing is rounded.
    #expect(
      largestDifference(
        Array(try session.logits(rows: 0..<session.rows)), expected.floats("logits"))
        <= 2e-4)
  }
}
