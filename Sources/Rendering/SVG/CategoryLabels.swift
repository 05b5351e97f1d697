import Foundation

/// The names of categories below a plot, none over another: in one line where each has
/// the room, else wrapped at spaces and hyphens, else slanted, and shortened where even that is too long.
struct CategoryLabels {
  struct Label: Hashable {
    /// One for each line.
    var lines: [String]
    /// Middle of the category; where a slanted text ends.
    var x: Double
    /// Base line of the first line, below the plot's own.
    var y: Double
  }

  private(set) var labels: [Label]
  /// By how many degrees the texts rise to the right; 0 for level ones.
  let slant: Double
  /// What the labels need below the plot beyond one line.
  let extraHeight: Double

  private static let lineHeight = LabelLayout.lineHeight
  private static let mostLines = 3

  /// - Parameters:
  ///   - names: of the categories, from left to right.
  ///   - left: where the first category starts.
  ///   - slot: width of a category.
  ///   - mostHeight: that labels may take beyond one line.
  init(_ names: [String], left: Double, slot: Double, mostHeight: Double) {
    let middles = names.indices.map { left + slot * (Double($0) + 0.5) }
    let wrapped = names.compactMap { Self.wrapped($0, width: slot - 8) }
    if wrapped.count == names.count {
      slant = 0
      labels = zip(wrapped, middles).map { Label(lines: $0, x: $1, y: 19) }
      extraHeight = Double((wrapped.map(\.count).max() ?? 1) - 1) * Self.lineHeight
      return
    }
    // Neighbours are slot × sin(slant) apart, which must be a line's height.
    let isDense = slot * 0.58 < Self.lineHeight
    let upright = Self.turned(names, middles, by: 90, mostHeight: mostHeight)
    let slanted = Self.turned(names, middles, by: 35, mostHeight: mostHeight)
    // At the page's left edge a slanted name may have less room than an upright one.
    let isUpright = isDense || slanted.cut > upright.cut
    slant = isUpright ? 90 : 35
    let turned = isUpright ? upright : slanted
    // Of bars thinner than a line, some have no name: hover texts and the table have all.
    let step = max(Int((Self.lineHeight / (slot * sin(slant * .pi / 180))).rounded(.up)), 1)
    labels = turned.labels.enumerated().filter { $0.offset % step == 0 }.map(\.element)
    let longest = labels.map { TextWidth.estimate($0.lines[0]) }.max() ?? 0
    extraHeight = max(longest * sin(slant * .pi / 180) - 12, 0)
  }

  /// Names turned, and how many of them are shortened.
  private static func turned(
    _ names: [String], _ middles: [Double], by slant: Double, mostHeight: Double
  ) -> (labels: [Label], cut: Int) {
    let (rise, run) = (sin(slant * .pi / 180), cos(slant * .pi / 180))
    var cut = 0
    let labels = zip(names, middles).map { name, middle in
      let most = min((mostHeight + 12) / rise, run > 0.01 ? (middle - 4) / run : .infinity)
      let line = TextWidth.shortened(name, to: most)
      if line != name { cut += 1 }
      return Label(lines: [line], x: middle + 4, y: run > 0.01 ? 14 : 8)
    }
    return (labels, cut)
  }

  /// - Parameter baseline: the plot's lower edge.
  func drawn(below baseline: Double) -> String {
    SVG.group("", labels.map { drawn($0, below: baseline) })
  }

  private func drawn(_ label: Label, below baseline: Double) -> String {
    let y = baseline + label.y
    if slant > 0 {
      return SVG.text(
        label.lines.joined(), x: label.x, y: y, .end,
        "transform=\"rotate(-\(SVG.number(slant)) \(SVG.number(label.x)) \(SVG.number(y)))\"")
    }
    if label.lines.count == 1 { return SVG.text(label.lines[0], x: label.x, y: y, .middle) }
    let lines = label.lines.enumerated().map { index, line in
      "<tspan x=\"\(SVG.number(label.x))\" dy=\"\(index == 0 ? 0 : 15)\">\(Escaping.text(line))</tspan>"
    }
    return "<text y=\"\(SVG.number(y))\" text-anchor=\"middle\">\(lines.joined())</text>"
  }

  /// nil where a word is too long, or the lines are too many.
  private static func wrapped(_ name: String, width: Double) -> [String]? {
    var lines: [String] = []
    for word in words(of: name) {
      let longer = (lines.last ?? "") + word
      if !lines.isEmpty, TextWidth.estimate(longer.trimmingEnd) <= width {
        lines[lines.count - 1] = longer
      } else {
        lines.append(word)
      }
    }
    lines = lines.map(\.trimmingEnd)
    let fits = lines.count <= mostLines && lines.allSatisfy { TextWidth.estimate($0) <= width }
    return fits ? (lines.isEmpty ? [""] : lines) : nil
  }

  /// Pieces between which a line may end, each with the space or hyphen after it.
  private static func words(of name: String) -> [String] {
    var words = [""]
    for character in name {
      words[words.count - 1].append(character)
      if character == " " || character == "-" { words.append("") }
    }
    return words.filter { !$0.isEmpty }
  }
}

extension String {
  fileprivate var trimmingEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
