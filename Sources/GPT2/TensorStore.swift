import Quantization
public import SafeFiles

/// Quantized matrices of one model, kept from run to run.
///
/// Each lies under the SHA-256 of all that it depends on: the model's weights, the tensor, how it was
/// made, and the version of that. So many models and schemes may share a folder, and nothing in it is
/// ever out of date.
public struct TensorStore: Sendable {
  private let blobs: BlobStore
  private let weights: String
  private let droppedDamage: @Sendable (_ tensor: String) -> Void

  /// - Parameters:
  ///   - weights: the SHA-256 of the model's weights, `GPT2Model.sha256`.
  ///   - droppedDamage: is called for a tensor whose entry was damaged, and removed.
  public init(
    _ blobs: BlobStore, weights: String,
    droppedDamage: @escaping @Sendable (_ tensor: String) -> Void = { _ in }
  ) {
    self.blobs = blobs
    self.weights = weights
    self.droppedDamage = droppedDamage
  }

  /// The matrix that `recipe` made of the tensor before, in the bits of that time; nil where it is
  /// not there or is damaged.
  func read(
    _ recipe: TensorRecipe, of name: String, rows: Int, columns: Int
  ) -> (any WeightMatrix)? {
    guard let blob = blobs.read(key(recipe, name), droppedDamage: { droppedDamage(name) }) else {
      return nil
    }
    defer { withExtendedLifetime(blob) {} }
    return recipe.restore(StoredArrays(blob.bytes), rows: rows, columns: columns)
  }

  /// Keeps what `recipe` made of the tensor, if its format can be stored and there is room.
  func keep(_ matrix: any WeightMatrix, _ recipe: TensorRecipe, of name: String) {
    guard let matrix = matrix as? any StorableMatrix else { return }
    matrix.withStoredPieces { _ = blobs.write(key(recipe, name), $0) }
  }

  private func key(_ recipe: TensorRecipe, _ name: String) -> String {
    var hash = ContentHash()
    hash.update("quantized tensor \(StoredMatrix.version)")
    hash.update(weights)
    hash.update(name)
    hash.update(recipe.identity)
    return hash.finalize()
  }
}
