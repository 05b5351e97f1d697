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

extension GPT2Config {
  /// Names of all tensors in the order of the computation, without `transformer.`.
  public var tensorNames: [String] { tensors.map(\.name) }

  /// Names of the weights of one dimension, which not every scheme quantizes: gains of normalizations.
  public var vectorNames: Set<String> { Set(tensors.filter { $0.kind == .gain }.map(\.name)) }

  /// All tensors, in the order of the computation.
  var tensors: [TensorDescription] {
    var tensors: [TensorDescription] = [
      .init(name: "wte.weight", kind: .embedding, shape: [vocabularySize, width]),
      .init(name: "wpe.weight", kind: .embedding, shape: [contextLength, width]),
    ]
    func addNorm(_ name: String) {
      tensors.append(.init(name: name + ".weight", kind: .gain, shape: [width]))
      tensors.append(.init(name: name + ".bias", kind: .bias, shape: [width]))
    }
    func addLinear(_ name: String, _ inputs: Int, _ outputs: Int, isProjection: Bool = false) {
      tensors.append(
        .init(
          name: name + ".weight", kind: .linear(isProjection: isProjection),
          shape: [inputs, outputs]))
      tensors.append(.init(name: name + ".bias", kind: .bias, shape: [outputs]))
    }
    for layer in 0..<layerCount {
      addNorm("h.\(layer).ln_1")
      addLinear("h.\(layer).attn.c_attn", width, 3 * width)
      addLinear("h.\(layer).attn.c_proj", width, width, isProjection: true)
      addNorm("h.\(layer).ln_2")
      addLinear("h.\(layer).mlp.c_fc", width, innerWidth)
      addLinear("h.\(layer).mlp.c_proj", innerWidth, width, isProjection: true)
    }
    addNorm("ln_f")
    if !tiesHead {
      tensors.append(
        .init(name: "lm_head.weight", kind: .embedding, shape: [vocabularySize, width]))
    }
    return tensors
  }

  /// The most parameters that are accepted: eighty times GPT-2 XL.
  static let parameterLimit = 1 << 37
}
