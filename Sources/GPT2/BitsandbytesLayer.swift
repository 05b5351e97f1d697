import ModelFiles
import Quantization
import SafeFiles

/// The weight of a linear layer that bitsandbytes quantized, as a checkpoint holds it.
///
/// `init` checks headers and the small JSON text; the codes and constants are read by `matrix()`.
/// Weights are computed as Float32, also where the layer's `dtype` says that bitsandbytes would round
/// them to 16 bits. Source: see ``ModelFiles/SafetensorsWriter/add(layer:_:dtype:)``.
struct BitsandbytesLayer: Sendable {
  private enum Form {
    case fourBit(FourBitCode, blockSize: Int, nestedOffset: Float?)
    case int8(outlierThreshold: Float)
  }

  private let name: String
  private let rows: Int
  private let columns: Int
  private let weights: ModelWeights
  private let form: Form

  /// - Parameters:
  ///   - name: of the weight, such as `h.0.attn.c_attn.weight`, which is there.
  ///   - rows: output features.
  ///   - columns: input features.
  /// - Returns: nil where the weight is not quantized.
  init?(
    _ name: String, rows: Int, columns: Int, in weights: ModelWeights, outlierThreshold: Float
  ) throws(ModelFileError) {
    self.name = name
    self.rows = rows
    self.columns = columns
    self.weights = weights
    let state = Self.stateNames(of: name).first { weights[$0] != nil }
    if let state {
      form = try Self.fourBit(state, name: name, rows: rows, columns: columns, in: weights)
      try checkFourBit()
    } else if weights[name]?.entry.type == .int8 {
      form = .int8(outlierThreshold: outlierThreshold)
      try checkInt8()
    } else {
      return nil
    }
  }

  /// The scheme's name.
  var format: String {
    switch form {
    case .fourBit(let code, _, _): code.name
    case .int8: LLMInt8Scheme.name
    }
  }

  /// The names of what belongs to a quantized weight besides itself; none of one that is not.
  static func constants(of name: String, in weights: ModelWeights) -> [String] {
    let states = stateNames(of: name)
    if states.contains(where: { weights[$0] != nil }) {
      return states
        + ["absmax", "quant_map", "nested_absmax", "nested_quant_map"].map { "\(name).\($0)" }
    }
    guard weights[name]?.entry.type == .int8 else { return [] }
    return [layerName(name) + ".SCB", layerName(name) + ".weight_format"]
  }

  private static func stateNames(of name: String) -> [String] {
    ["nf4", "fp4"].map { "\(name).quant_state.bitsandbytes__\($0)" }
  }

  private static func layerName(_ weight: String) -> String {
    weight.hasSuffix(".weight") ? String(weight.dropLast(".weight".count)) : weight
  }

  private static func fourBit(
    _ state: String, name: String, rows: Int, columns: Int, in weights: ModelWeights
  ) throws(ModelFileError) -> Form {
    guard let tensor = weights[state] else {
      throw ModelFileError(.missing, path: weights.path, field: "tensor '\(state)'", "is missing")
    }
    func refuse(_ key: String, _ detail: String) -> ModelFileError {
      ModelFileError(
        .invalid, path: tensor.file.path, field: "tensor '\(state)': \(key)", detail)
    }
    guard tensor.entry.type == .uint8, tensor.entry.elementCount <= 1 << 16 else {
      throw refuse("entry", "must be a JSON text of up to 65536 bytes")
    }
    let value: JSONValue
    do throws(JSONError) { value = try JSONReader.read(tensor.bytes) } catch {
      throw ModelFileError(.json(error), path: tensor.file.path, field: "tensor '\(state)'")
    }
    guard case .object(let object) = value else { throw refuse("entry", "must be an object") }
    let code: FourBitCode = state.hasSuffix("nf4") ? .nf4 : .fp4
    guard object["quant_type"] == .string(code.name) else {
      throw refuse("quant_type", "must be '\(code.name)' as the tensor's name has it")
    }
    guard case .integer(let blockSize)? = object["blocksize"],
      FourBitMatrix.allowedBlockSizes.contains(blockSize)
    else {
      throw refuse(
        "blocksize",
        "must be one of "
          + FourBitMatrix.allowedBlockSizes.map(String.init).joined(separator: ", "))
    }
    guard object["shape"] == .array([.integer(rows), .integer(columns)]) else {
      throw refuse("shape", "must be [\(rows), \(columns)] by the configuration")
    }
    guard weights[name + ".nested_absmax"] != nil else {
      return .fourBit(code, blockSize: blockSize, nestedOffset: nil)
    }
    guard object["nested_blocksize"] == .integer(DoubleQuantization.blocksPerScale) else {
      throw refuse("nested_blocksize", "must be \(DoubleQuantization.blocksPerScale)")
    }
    let offset: Float
    switch object["nested_offset"] {
    case .number(let number)?: offset = Float(number)
    case .integer(let number)?: offset = Float(number)
    default: throw refuse("nested_offset", "must be a number")
    }
    guard offset.isFinite else { throw refuse("nested_offset", "is beyond Float32") }
    return .fourBit(code, blockSize: blockSize, nestedOffset: offset)
  }

  private func checkFourBit() throws(ModelFileError) {
    guard case .fourBit(let code, let blockSize, let offset) = form else { return }
    let count = rows * columns
    let blocks = (count + blockSize - 1) / blockSize
    _ = try constant(name, .uint8, count: (count + 1) / 2)
    _ = try constant(name + ".quant_map", .float32, count: code.codebook.count)
    _ = try constant(name + ".absmax", offset == nil ? .float32 : .uint8, count: blocks)
    guard offset != nil else { return }
    let perScale = DoubleQuantization.blocksPerScale
    _ = try constant(
      name + ".nested_absmax", .float32, count: (blocks + perScale - 1) / perScale)
    _ = try constant(
      name + ".nested_quant_map", .float32, count: DoubleQuantization.dynamicMap.count)
  }

  private func checkInt8() throws(ModelFileError) {
    guard let entry = weights[name]?.entry, entry.shape == [rows, columns] else {
      throw refusal(name, "must have the shape [\(rows), \(columns)] by the configuration")
    }
    _ = try constant(Self.layerName(name) + ".SCB", .float32, count: rows)
    let format = Self.layerName(name) + ".weight_format"
    if weights[format] != nil {
      let tensor = try constant(format, .uint8, count: 1)
      guard tensor.bytes[0] == 0 else {
        throw ModelFileError(
          .unsupported, path: tensor.file.path, field: "tensor '\(format)'",
          "is \(tensor.bytes[0]), only 0, for rows, is read")
      }
    }
  }

  /// The packed matrix, in the bits of the file.
  ///
  /// - Throws: `GPT2Error` for constants that are not finite, another codebook, or no memory.
  func matrix() throws(GPT2Error) -> any WeightMatrix {
    let pack = try packing()
    do throws(QuantizationError) { return try pack() } catch { throw .weights(error) }
  }

  /// What packs the matrix, once its constants are read.
  private func packing() throws(GPT2Error) -> () throws(QuantizationError) -> any WeightMatrix {
    do throws(ModelFileError) {
      switch form {
      case .int8(let threshold):
        let codes = try constant(name, .int8, count: rows * columns)
        let scales = try floats(Self.layerName(name) + ".SCB", count: rows)
        return { () throws(QuantizationError) in
          try LLMInt8Matrix(
            exported: codes.bytes, scales: scales, columns: columns, outlierThreshold: threshold)
        }
      case .fourBit(let code, let blockSize, let offset):
        let codes = try constant(name, .uint8, count: (rows * columns + 1) / 2)
        guard try floats(name + ".quant_map", count: 16) == code.codebook else {
          throw refusal(name + ".quant_map", "is not the codebook of \(code.name)")
        }
        let blocks = (rows * columns + blockSize - 1) / blockSize
        let absmax = try scales(blocks, nestedOffset: offset)
        return { () throws(QuantizationError) in
          try FourBitMatrix(
            exported: codes.bytes, absmax: absmax, rows: rows, columns: columns, code: code,
            blockSize: blockSize)
        }
      }
    } catch { throw .file(error) }
  }

  private func scales(
    _ blocks: Int, nestedOffset: Float?
  ) throws(ModelFileError) -> FourBitMatrix.BlockScales {
    guard let nestedOffset else {
      return .float32(try floats(name + ".absmax", count: blocks))
    }
    let map = DoubleQuantization.dynamicMap
    guard try floats(name + ".nested_quant_map", count: map.count) == map else {
      throw refusal(name + ".nested_quant_map", "is not the dynamic map of bitsandbytes")
    }
    let perScale = DoubleQuantization.blocksPerScale
    let nested = try floats(
      name + ".nested_absmax", count: (blocks + perScale - 1) / perScale)
    let codes = try constant(name + ".absmax", .uint8, count: blocks)
    return .quantized(
      DoubleQuantization(codes: Array(codes.bytes), nestedScales: nested, mean: nestedOffset))
  }

  private func floats(_ name: String, count: Int) throws(ModelFileError) -> [Float] {
    let tensor = try constant(name, .float32, count: count)
    let bytes = tensor.bytes
    let values = (0..<count).map {
      bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)
    }
    guard values.allSatisfy(\.isFinite) else {
      throw refusal(name, "has a value that is not finite")
    }
    return values
  }

  private func constant(
    _ name: String, _ type: TensorType, count: Int
  ) throws(ModelFileError) -> ModelWeights.Tensor {
    guard let tensor = weights[name] else {
      throw ModelFileError(.missing, path: weights.path, field: "tensor '\(name)'", "is missing")
    }
    guard tensor.entry.type == type, tensor.entry.elementCount == count else {
      throw refusal(
        name,
        "holds \(tensor.entry.elementCount) elements of \(tensor.entry.type.rawValue), not "
          + "\(count) of \(type.rawValue)")
    }
    return tensor
  }

  private func refusal(_ name: String, _ detail: String) -> ModelFileError {
    ModelFileError(
      .invalid, path: weights[name]?.file.path ?? weights.path, field: "tensor '\(name)'", detail)
  }
}
