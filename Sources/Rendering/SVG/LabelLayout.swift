/// Puts labels where they cover neither each other nor the marks.
struct LabelLayout {
  struct Placed {
    /// Start of the text's base line.
    var x: Double
    var y: Double
    var box: Box
  }

  static let lineHeight = 15.0
  private let gap = 3.0

  let bounds: Box
  private(set) var taken: [Box]

  init(bounds: Box, taken: [Box]) {
    self.bounds = bounds
    self.taken = taken
  }

  /// - Parameter points: centres of marks with the given radius, which labels must not cover.
  init(bounds: Box, points: [(x: Double, y: Double)], radius: Double) {
    self.init(bounds: bounds, taken: points.map { Box.around($0.x, $0.y, radius) })
  }

  /// The place of a label for the point at (x, y): the free one nearest to it, else the one that
  /// covers least.
  mutating func place(width: Double, height: Double, besideX x: Double, y: Double) -> Placed {
    place(width: width, height: height, at: candidates(width, height, x, y))
  }

  /// The free place nearest to the point at (x, y); nil where there is none near it.
  mutating func freePlace(
    width: Double, height: Double, besideX x: Double, y: Double
  ) -> Placed? {
    let best = best(width: width, height: height, at: candidates(width, height, x, y))
    guard let best, best.cost <= Self.nothing else { return nil }
    return taking(best.box)
  }

  private func candidates(_ width: Double, _ height: Double, _ x: Double, _ y: Double)
    -> some Sequence<(Double, Double)>
  {
    // Above and below, a label at an edge moves in.
    let middle = max(min(x - width / 2, bounds.right - width), bounds.x)
    return (1...5).lazy.flatMap { ring -> [(Double, Double)] in
      let gap = Double(ring) * 9
      return [
        (x + gap, y - height / 2), (x - gap - width, y - height / 2),
        (middle, y - gap - height), (middle, y + gap),
        (x + gap, y - gap - height), (x + gap, y + gap), (x - gap - width, y - gap - height),
        (x - gap - width, y + gap),
      ]
    }
  }

  /// The first of the places, each a left upper corner, that is free, else the one that covers least.
  mutating func place(
    width: Double, height: Double, at candidates: some Sequence<(Double, Double)>
  ) -> Placed {
    let best = best(width: width, height: height, at: candidates)
    return taking(best?.box ?? Box(x: bounds.x, y: bounds.y, width: width, height: height))
  }

  private mutating func taking(_ box: Box) -> Placed {
    // From the next label it is twice as far as from a mark.
    taken.append(Box(x: box.x - gap, y: box.y, width: box.width + 2 * gap, height: box.height))
    return Placed(x: box.x, y: box.y + box.height * 0.78, box: box)
  }

  /// A cost that is none but for rounding.
  private static let nothing = 1e-9

  private func best(
    width: Double, height: Double, at candidates: some Sequence<(Double, Double)>
  ) -> (cost: Double, box: Box)? {
    var best: (cost: Double, box: Box)?
    for (left, top) in candidates {
      let box = Box(x: left, y: top, width: width, height: height)
      let outside = width * height - box.overlap(bounds)
      // Labels side by side read as one without a gap.
      let wide = Box(x: left - gap, y: top, width: width + 2 * gap, height: height)
      let cost = 10 * outside + taken.reduce(0) { $0 + $1.overlap(wide) }
      if best.map({ cost < $0.cost - Self.nothing }) ?? true { best = (cost, box) }
      if cost <= Self.nothing { break }
    }
    return best
  }

  /// Heights nearest to the wanted ones at which labels stand apart, none outside the bounds where
  /// they fit at all.
  ///
  /// - Parameter wanted: middles of the labels, in any order; the answer has the same order.
  static func spread(_ wanted: [Double], apart: Double, from top: Double, to bottom: Double)
    -> [Double]
  {
    // Groups of touching labels, each centred on the mean of what its labels want.
    var groups: [(members: [Int], middle: Double)] = []
    func start(_ group: (members: [Int], middle: Double)) -> Double {
      group.middle - Double(group.members.count - 1) * apart / 2
    }
    func clamped(_ middle: Double, _ count: Int) -> Double {
      let half = Double(count - 1) * apart / 2
      return max(min(middle, bottom - half), top + half)
    }
    for index in wanted.indices.sorted(by: { (wanted[$0], $0) < (wanted[$1], $1) }) {
      var group = (members: [index], middle: clamped(wanted[index], 1))
      while let last = groups.last,
        start(last) + Double(last.members.count) * apart > start(group) + 1e-9
      {
        groups.removeLast()
        let members = last.members + group.members
        let mean = members.reduce(0) { $0 + wanted[$1] } / Double(members.count)
        group = (members, clamped(mean, members.count))
      }
      groups.append(group)
    }
    var places = wanted
    for group in groups {
      for (offset, index) in group.members.enumerated() {
        places[index] = start(group) + Double(offset) * apart
      }
    }
    return places
  }
}
