import NotebookLanguage

/// The colours of charts: the page's CSS variables, each with a fallback of the light theme.
enum ChartColours {
  static let ink = "var(--chart-ink, #1c1f23)"
  static let soft = "var(--chart-soft, #5b6470)"
  static let grid = "var(--chart-grid, #e2e5e9)"
  static let paper = "var(--chart-paper, #ffffff)"

  /// Okabe and Ito's palette, told apart by people with any common colour vision.
  private static let palette = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d31", "#6a5acd",
  ]

  /// After so many they begin anew.
  static var count: Int { palette.count }

  static func colour(_ index: Int) -> String {
    let slot = index % palette.count
    return "var(--chart-\(slot + 1), \(palette[slot]))"
  }

  /// The attribute that gives a line its pattern; empty for a solid one.
  static func dash(_ index: Int) -> String {
    let pattern = ["", "7 5", "2 4", "10 4 2 4"][index % 4]
    return pattern.isEmpty ? "" : "stroke-dasharray=\"\(pattern)\""
  }

  // MARK: - Scale of a heatmap

  /// The colour of a share from 0 to 1: one hue from the paper's lightness to far from it, so that
  /// lightness alone tells the values apart, whatever colours a reader sees.
  static func heat(_ share: Double) -> String {
    let percent = Int((100 * max(min(share, 1), 0)).rounded())
    return
      "color-mix(in oklab, var(--chart-high, #06295e) \(percent)%, var(--chart-low, #eef3f8))"
  }

  /// The colour of a text on `heat(share)`. The two meet where black and white are equally readable.
  static func ink(onHeat share: Double) -> String {
    share < 0.6 ? "var(--chart-on-low, #000000)" : "var(--chart-on-high, #ffffff)"
  }
}
