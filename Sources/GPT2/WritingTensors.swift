import Quantization

extension GPT2Model {
  /// The bytes of a tensor for a writer, no more than some MiB at a time where that can be.
  ///
  /// - Parameters:
  ///   - onStart: is called before the first piece is made.
  ///   - encode: the bytes of whole rows.
  func pieces(
    of parameter: Parameter, _ tensor: TensorDescription, _ orientation: MatrixOrientation,
    _ onStart: @escaping () -> Void,
    encode: @escaping ([Float]) throws(QuantizationError) -> [UInt8]
  ) -> [() throws -> [UInt8]] {
    let parts = parameter.parts(orientation)
    return parts.enumerated().map { index, part in
      {
        if index == 0 { onStart() }
        // What was written is not looked at again.
        defer { if index == parts.count - 1 { discardPages(of: tensor.name) } }
        do throws(QuantizationError) {
          return try encode(try part.values())
        } catch { throw error.inTensor(from: part.start) }
      }
    }
  }

  /// Tells that a tensor is written, `index` being its place.
  func telling(_ progress: ProgressHandler?, _ index: Int) -> () -> Void {
    {
      progress?(
        ProgressUpdate(
          activity: "writing", completed: index + 1, total: config.tensors.count, unit: "tensors"))
    }
  }
}
