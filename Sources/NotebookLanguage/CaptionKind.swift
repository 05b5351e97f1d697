/// What a cell shows that has a caption and a number, which references can name.
public enum CaptionKind: String, Hashable, Sendable, CaseIterable {
  case table = "tbl"
  case figure = "fig"

  /// How labels begin by which it is named, such as `tbl-`.
  var prefix: String { rawValue + "-" }

  /// The option that gives the caption.
  var option: String { rawValue + "-cap" }

  /// What references call it, before its number.
  var title: String {
    switch self {
    case .table: "Table"
    case .figure: "Figure"
    }
  }
}
