/// Puts labels beside points so that they cover neither each other nor the points.
struct LabelLayout {
  struct Box {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    func overlaps(_ other: Box) -> Bool {
      x < other.x + other.width && other.x < x + width && y < other.y + other.height
        && other.y < y + height
    }

    func overlap(_ other: Box) -> Double {
      let across = min(x + width, other.x + other.width) - max(x, other.x)
      let down = min(y + height, other.y + other.height) - max(y, other.y)
      return across > 0 && down > 0 ? across * down : 0
    }
  }

  struct Placed {
    /// Start of the text's base line.
    var x: Double
    var y: Double
  }

  let bounds: Box
  private var taken: [Box]

  /// - Parameter points: centres of marks with the given radius, which labels must not cover.
  init(bounds: Box, points: [(x: Double, y: Double)], radius: Double) {
    self.bounds = bounds
    taken = points.map {
      Box(x: $0.x - radius, y: $0.y - radius, width: 2 * radius, height: 2 * radius)
    }
  }

  /// The place of a label for the point at (x, y): the free one nearest to it, else the one that
  /// covers least.
  mutating func place(width: Double, height: Double, besideX x: Double, y: Double) -> Placed {
    var best: (cost: Double, box: Box)?
    for ring in 1...5 {
      let gap = Double(ring) * 9
      let candidates = [
        (x + gap, y - height / 2), (x - gap - width, y - height / 2),
        (x - width / 2, y - gap - height), (x - width / 2, y + gap),
        (x + gap, y - gap - height), (x + gap, y + gap), (x - gap - width, y - gap - height),
        (x - gap - width, y + gap),
      ]
      for (left, top) in candidates {
        let box = Box(x: left, y: top, width: width, height: height)
        let outside =
          width * height
          - box.overlap(bounds)
        let covered = taken.reduce(0) { $0 + $1.overlap(box) }
        let cost = 10 * outside + covered
        if best.map({ cost < $0.cost - 1e-9 }) ?? true { best = (cost, box) }
      }
      if let best, best.cost <= 1e-9 { break }
    }
    let box = best?.box ?? Box(x: x, y: y, width: width, height: height)
    taken.append(box)
    return Placed(x: box.x, y: box.y + height * 0.78)
  }
}
