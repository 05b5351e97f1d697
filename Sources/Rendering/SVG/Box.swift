/// A rectangle, in units of the page from its upper left corner.
struct Box: Hashable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  var right: Double { x + width }
  var bottom: Double { y + height }
  var middleX: Double { x + width / 2 }
  var middleY: Double { y + height / 2 }

  func overlaps(_ other: Box) -> Bool {
    x < other.right && other.x < right && y < other.bottom && other.y < bottom
  }

  /// The area that both cover.
  func overlap(_ other: Box) -> Double {
    let across = min(right, other.right) - max(x, other.x)
    let down = min(bottom, other.bottom) - max(y, other.y)
    return across > 0 && down > 0 ? across * down : 0
  }

  /// The square of the given half side around a point.
  static func around(_ x: Double, _ y: Double, _ reach: Double) -> Self {
    Self(x: x - reach, y: y - reach, width: 2 * reach, height: 2 * reach)
  }
}
