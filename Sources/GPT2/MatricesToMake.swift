import Quantization

extension GPT2Model {
  /// The tensor that is the output head: the token embedding where they are tied.
  public var storedHeadName: String { config.storedHeadName }

  /// Bytes of the matrices that will be made as they are computed with, because no file holds them so, and
  /// are not made yet.
  public var bytesToMake: Int {
    (transformer.factors + [head]).reduce(0) { sum, matrix in
      guard let matrix = matrix as? DeferredMatrix, !matrix.isMade else { return sum }
      return sum + matrix.storage.packedBytes
    }
  }
}
