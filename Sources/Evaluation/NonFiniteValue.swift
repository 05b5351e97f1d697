import GPT2

/// The first value of a computation that is infinite or no number.
public struct NonFiniteValue: Hashable, Sendable, CustomStringConvertible {
  /// Hugging Face's name of the part of the model that gave it, such as `h.3.mlp.c_fc`.
  public let component: String
  /// Place in the text of the token that the value belongs to.
  public let token: Int
  /// Number of the window, from 0.
  public let window: Int
  /// NaN, or ∞ or -∞.
  public let isNaN: Bool

  public init(component: String, token: Int, window: Int, isNaN: Bool) {
    self.component = component
    self.token = token
    self.window = window
    self.isNaN = isNaN
  }

  public var description: String {
    "the first \(isNaN ? "NaN" : "infinite value") comes out of \(component), at token \(token) of "
      + "the text, in window \(window)"
  }

  /// Reads a window again and watches every intermediate result.
  static func find(
    in session: GPT2Session, _ scored: ScoredWindow, _ tokens: [Int32], window: Int
  ) throws -> NonFiniteValue {
    var found: NonFiniteValue?
    var logitRows = scored.row(ofTarget: scored.targets.lowerBound)
    let prefixCount = scored.prefix == nil ? 0 : 1
    session.observer = { activation in
      let isHead = activation.component == "lm_head"
      let firstRow = isHead ? logitRows : 0
      if isHead { logitRows += activation.rows }
      guard found == nil,
        let index = activation.values.firstIndex(where: { !$0.isFinite })
      else { return }
      let row = firstRow + index / activation.width
      found = NonFiniteValue(
        component: activation.component,
        token: max(0, scored.input.lowerBound + row - prefixCount), window: window,
        isNaN: activation.values[index].isNaN)
    }
    defer { session.observer = nil }
    _ = try scored.losses(session, tokens)
    return found
      ?? NonFiniteValue(
        component: "cross entropy", token: scored.targets.lowerBound, window: window, isNaN: true)
  }
}
