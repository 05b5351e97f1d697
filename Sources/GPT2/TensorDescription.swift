import Quantization

/// A tensor that a configuration asks for.
struct TensorDescription: Hashable, Sendable {
  /// What the tensor is, which decides how it is made and stored.
  enum Kind: Hashable, Sendable {
    /// [V, E] or [C, E], a row for each token or position.
    case embedding
    /// [in, out], as Conv1D stores it; `isProjection` where its product is added to the residual.
    case linear(isProjection: Bool)
    case gain
    case bias
  }

  /// Hugging Face's name without `transformer.`.
  let name: String
  let kind: Kind
  /// As in the file.
  let shape: [Int]

  var elementCount: Int { shape.reduce(1, *) }
  var isVector: Bool { kind == .gain || kind == .bias }

  var orientation: MatrixOrientation { shape.count == 2 && kind != .embedding ? .inOut : .outIn }
  /// Output features of a matrix; 1 of a vector.
  var rows: Int { isVector ? 1 : kind == .embedding ? shape[0] : shape[1] }
  /// Input features of a matrix; the elements of a vector.
  var columns: Int { isVector || kind != .embedding ? shape[0] : shape[1] }

  /// Borrows the elements of this tensor, which lie as in the file.
  func float32Matrix(
    _ elements: UnsafeBufferPointer<Float>, owner: any AnyObject & Sendable
  ) -> Float32Matrix {
    Float32Matrix(
      borrowing: elements, rows: rows, columns: columns, orientation: orientation, owner: owner)
  }

  /// Views the elements of this tensor, which lie as in Hugging Face's files, or in another
  /// orientation.
  func view(
    _ bytes: UnsafeRawBufferPointer, format: FloatFormat = .float32,
    orientation: MatrixOrientation? = nil, owner: any AnyObject & Sendable
  ) -> MatrixView {
    MatrixView(
      bytes, rows: rows, columns: columns, orientation: orientation ?? self.orientation,
      format: format, owner: owner, name: name)
  }
}
