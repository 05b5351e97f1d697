public import ModelFiles
public import Quantization

/// Quantized linear layers as bitsandbytes keeps them in a checkpoint, so that transformers loads
/// what Quantbook made.
///
/// Source: bitsandbytes 0.50.2, `nn/modules.py: Linear4bit, Linear8bitLt`, `functional.py:
/// QuantState.as_dict`.
extension SafetensorsWriter {
  /// Adds the weight of the layer `name` such as `h.0.attn.c_attn`: `weight` U8 [⌈n/2⌉, 1],
  /// `weight.absmax` F32 or U8 [blocks], `weight.quant_map` F32 [16], the nested constants where
  /// absmax are quantized, and a JSON text of the rest under
  /// `weight.quant_state.bitsandbytes__nf4` or `…__fp4`.
  ///
  /// - Parameter dtype: what bitsandbytes rounds the decoded weights to.
  public mutating func add(
    layer name: String, _ matrix: FourBitMatrix, dtype: FloatFormat = .float32
  ) {
    let weight = name + ".weight"
    add(weight, .uint8, shape: [(matrix.rows * matrix.columns + 1) / 2, 1]) {
      matrix.exportedCodes()
    }
    let codebook = matrix.code.codebook
    add(weight + ".quant_map", shape: [codebook.count], codebook)
    var state =
      "\"quant_type\": \"\(matrix.code.name)\", \"blocksize\": \(matrix.blockSize), "
      + "\"dtype\": \"\(dtype.rawValue)\", \"shape\": [\(matrix.rows), \(matrix.columns)]"
    if let double = matrix.doubleQuantization {
      add(weight + ".absmax", .uint8, shape: [double.codes.count], bytes: double.codes)
      add(weight + ".nested_absmax", shape: [double.nestedScales.count], double.nestedScales)
      let map = DoubleQuantization.dynamicMap
      add(weight + ".nested_quant_map", shape: [map.count], map)
      state +=
        ", \"nested_blocksize\": \(DoubleQuantization.blocksPerScale), "
        + "\"nested_dtype\": \"float32\", \"nested_offset\": \(Double(double.mean))"
    } else {
      let blocks = (matrix.rows * matrix.columns + matrix.blockSize - 1) / matrix.blockSize
      add(weight + ".absmax", .float32, shape: [blocks]) {
        matrix.exportedAbsmax().withUnsafeBytes { Array($0) }
      }
    }
    let text = Array("{\(state)}".utf8)
    add(
      weight + ".quant_state.bitsandbytes__\(matrix.code.name)", .uint8, shape: [text.count],
      bytes: text)
  }

  /// Adds the weight of the layer `name`: `weight` I8 [out, in], `SCB` F32 [out] (the absmax of each
  /// row) and `weight_format` U8 [], 0 for row-major.
  public mutating func add(layer name: String, _ matrix: LLMInt8Matrix) {
    add(name + ".weight", .int8, shape: [matrix.rows, matrix.columns]) {
      matrix.exportedCodes().map { UInt8(bitPattern: $0) }
    }
    add(name + ".SCB", shape: [matrix.rows], matrix.exportedScales())
    add(name + ".weight_format", .uint8, shape: [], bytes: [0])
  }
}
