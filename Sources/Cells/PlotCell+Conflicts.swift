import Diagnostics
import NotebookLanguage

extension PlotCell {
  /// Keys that need each other or exclude each other.
  ///
  /// - Parameter results: the shapes of the results, as far as they are known.
  func conflicts(among results: [Shape]) -> [Diagnostic] { missing(results) + excluded + unfit }

  private func missing(_ results: [Shape]) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    if y == nil, series.paths.isEmpty, facet.paths.isEmpty, kind != .slope || series.axis != nil {
      diagnostics.append(
        Diagnostic(
          .missingKey,
          series.axis == nil
            ? "a \(kind.rawValue) chart needs the key 'y' or 'series'"
            : "a chart with a series for each value of an axis needs the key 'y'",
          at: series.axis?.span ?? source.span,
          help: PathCheck.suggestion(in: results, wanting: kind == .histogram ? .list : .number)
            ?? "y: the path of a value in the results, such as perplexity.before"))
    }
    if kind == .slope, series.axis == nil, series.paths.entries.count < 2 {
      diagnostics.append(
        Diagnostic(
          .missingKey, "a slope chart needs the key 'series' with at least two values",
          at: series.paths.entries.first?.name.span ?? y?.span ?? source.span,
          help: "as in series: {Before: perplexity.before, After: perplexity.after}"))
    }
    if kind == .line || kind == .scatter, x == nil {
      diagnostics.append(
        Diagnostic(
          .missingKey, "a \(kind.rawValue) chart needs the key 'x'", at: source.span,
          help: PathCheck.suggestion(in: results, wanting: .number)
            ?? "x: the path of a value in the results, such as memory.after, or an axis of a sweep")
      )
    }
    for annotation in annotations where annotation.x == nil && annotation.y == nil {
      diagnostics.append(
        Diagnostic(
          .missingKey, "an annotation needs the key 'x' or 'y', or both", at: annotation.text.span,
          help: "y alone is a line across, x alone an upright one; both mark a point"))
    }
    return diagnostics
  }

  private var excluded: [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    if let y, let second = series.paths.entries.first {
      diagnostics.append(
        Diagnostic(
          .conflictingKeys, "'y' and 'series' exclude each other", at: second.name.span,
          notes: [Diagnostic.Note("'y' is given here", at: y.span)]))
    }
    if let path = facet.paths.entries.first, let other = y ?? series.paths.entries.first?.name {
      diagnostics.append(
        Diagnostic(
          .conflictingKeys,
          "'\(y == nil ? "series" : "y")' and paths in 'facet' exclude each other",
          at: path.value.span,
          notes: [Diagnostic.Note("'\(y == nil ? "series" : "y")' is given here", at: other.span)],
          help: "each small multiple draws one of the paths; to have one a value, name an axis"))
    }
    if kind == .histogram, let x {
      diagnostics.append(Diagnostic(.conflictingKeys, "a histogram chart has no 'x'", at: x.span))
    }
    return diagnostics
  }

  /// Keys without a meaning for this kind.
  private var unfit: [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    if errorBars.value == .band, kind != .line {
      diagnostics.append(
        Diagnostic(
          .conflictingKeys, "a band of errors runs along a line: a \(kind.rawValue) chart has none",
          at: errorBars.span, help: "errorBars: true, or kind: line"))
    }
    if order.value != .given, kind != .bar, kind != .heatmap {
      diagnostics.append(
        Diagnostic(
          .conflictingKeys, "a \(kind.rawValue) chart has nothing to sort", at: order.span,
          help: "'sort' orders bars and the columns of a heatmap"))
    }
    if kind.hasCategories {
      diagnostics += logarithmic.filter { $0.value == .x }.map {
        Diagnostic(
          .conflictingKeys, "the horizontal axis of a \(kind.rawValue) chart has names, no scale",
          at: $0.span)
      }
      if kind != .heatmap {
        diagnostics += annotations.compactMap(\.x).map {
          Diagnostic(
            .conflictingKeys,
            "the horizontal axis of a \(kind.rawValue) chart has names, no values",
            at: $0.span, help: "give 'y' alone for a line across")
        }
      }
    }
    if kind == .heatmap, let first = annotations.first {
      diagnostics.append(
        Diagnostic(
          .conflictingKeys, "a heatmap has no axes for annotations to stand at",
          at: first.text.span))
    }
    if annotations.count > PlotAnnotation.most {
      diagnostics.append(
        Diagnostic(
          .outOfRange,
          "'annotate' has at most \(PlotAnnotation.most) entries, not \(annotations.count)",
          at: annotations[PlotAnnotation.most].text.span))
    }
    return diagnostics
  }
}
