import NotebookLanguage

/// What tells a series from the others: a colour and, once those are used up, another shape of its marks,
/// another pattern of its line, another filling of its bars.
struct SeriesLook: Hashable {
  let colour: String
  /// How often the palette was used up before.
  let round: Int
  private let dash: Int

  init(place: Int, dash: Int = 0) {
    colour = ChartColours.colour(place)
    round = place / ChartColours.count
    self.dash = dash + round
  }

  /// The attribute that gives a line its pattern; empty for a solid one.
  var lineStyle: String { ChartColours.dash(dash) }

  /// The attributes that give a bar its filling; empty for a full one.
  var areaStyle: String {
    switch round % 3 {
    case 0: ""
    case 1: "fill-opacity=\"0.35\" stroke=\"\(colour)\" stroke-width=\"1.5\""
    default: "fill-opacity=\"0\" stroke=\"\(colour)\" stroke-width=\"1.5\""
    }
  }

  /// The mark of a point: a circle, a square, a diamond.
  func mark(x: Double, y: Double) -> String {
    switch round % 3 {
    case 0:
      return
        "<circle cx=\"\(SVG.number(x))\" cy=\"\(SVG.number(y))\" r=\"5\" fill=\"\(colour)\"/>"
    case 1: return SVG.rectangle(.around(x, y, 4.5), fill: colour)
    default:
      return "<path d=\"M\(SVG.number(x)) \(SVG.number(y - 6.5))l6.5 6.5l-6.5 6.5l-6.5 -6.5z\" "
        + "fill=\"\(colour)\"/>"
    }
  }
}

extension Chart {
  /// - Parameter index: the place of the series in its plot.
  func look(of series: Series, at index: Int) -> SeriesLook {
    SeriesLook(place: series.colour ?? index, dash: series.dash)
  }
}
