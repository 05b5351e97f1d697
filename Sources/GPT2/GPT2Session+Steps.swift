import Kernels
import Quantization

/// What the layers of a transformer are made of, on the session's work space.
extension GPT2Session {
  /// The residual, normalized.
  func normalize(_ norm: Norm, into y: UnsafeMutableBufferPointer<Float>) {
    norm.gain.values.withUnsafeBufferPointer { gain in
      norm.bias.values.withUnsafeBufferPointer { bias in
        LayerNorm.apply(
          UnsafeBufferPointer(workspace.residual), rows: rows, gain: gain, bias: bias,
          epsilon: model.config.layerNormEpsilon, into: y)
      }
    }
  }

  /// The products take nearly all of the time, so it is before each that a cancelled task stops.
  func apply(
    _ linear: Linear, _ x: UnsafeMutableBufferPointer<Float>, _ epilogue: ProductEpilogue = .store,
    into y: UnsafeMutableBufferPointer<Float>
  ) throws(CancellationError) {
    if Task.isCancelled { throw CancellationError() }
    linear.bias.values.withUnsafeBufferPointer { bias in
      linear.weight.multiply(
        UnsafeBufferPointer(x), tokens: rows, bias: bias, epilogue: epilogue, into: y)
    }
  }

  /// Adds a product to the residual: at once, or by way of `product`, for an observer to see.
  func addToResidual(
    _ linear: Linear, _ x: UnsafeMutableBufferPointer<Float>,
    by product: UnsafeMutableBufferPointer<Float>, _ component: @autoclosure () -> String
  ) throws(CancellationError) {
    guard observer != nil else { return try apply(linear, x, .add, into: workspace.residual) }
    let count = rows * model.config.width
    try apply(linear, x, into: product)
    observe(component(), product, model.config.width)
    add(
      UnsafeBufferPointer(rebasing: product[..<count]),
      to: UnsafeMutableBufferPointer(rebasing: workspace.residual[..<count]))
  }

  /// x += y.
  func add(_ y: UnsafeBufferPointer<Float>, to x: UnsafeMutableBufferPointer<Float>) {
    guard let y = y.baseAddress, let sum = x.baseAddress else { return }
    for index in 0..<x.count { sum[index] += y[index] }
  }

  /// Shows [rows, width] to the observer, if there is one.
  func observe(
    _ component: @autoclosure () -> String, _ values: UnsafeMutableBufferPointer<Float>,
    _ width: Int
  ) {
    guard let observer else { return }
    observer(
      Activation(
        component: component(), values: UnsafeBufferPointer(rebasing: values[..<(rows * width)]),
        rows: rows, width: width))
  }
}
