import NotebookLanguage

/// The footnotes of a text: the author's own, and one for each cause of a value that is no number.
struct GFMFootnotes {
  private let place: GFMPlace
  /// Labels of a Jupyter notebook's notes in the order of their first references.
  private(set) var labels: [String] = []
  /// In the order of their first mention.
  private var mentioned: [String] = []

  init(place: GFMPlace) { self.place = place }

  /// A reference to one of the author's notes.
  mutating func reference(_ label: String) -> String {
    guard place == .jupyterCell else { return "[^\(Self.name(label))]" }
    if !labels.contains(label) { labels.append(label) }
    let number = (labels.firstIndex(of: label) ?? 0) + 1
    return "<sup><a href=\"#note-\(number)\">\(number)</a></sup>"
  }

  /// A label in which Markdown without footnotes reads nothing.
  static func name(_ label: String) -> String {
    Escaping.replacing(label) { scalar in
      let isPlain = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
      return isPlain || "-_.".unicodeScalars.contains(scalar)
        ? nil : "-\(String(scalar.value, radix: 16))-"
    }
  }

  /// A reference to why a value is no number; empty for one that is.
  mutating func cause(of value: DisplayedValue) -> String {
    // A published infinity has its mark already.
    guard let cause = value.cause, value.origin != .published else { return "" }
    if place == .jupyterCell { return " <sub>(\(Escaping.markdown(cause)))</sub>" }
    if !mentioned.contains(cause) { mentioned.append(cause) }
    let number = (mentioned.firstIndex(of: cause) ?? 0) + 1
    return "[^q\(number)]"
  }

  /// The footnotes that `cause` refers to.
  var causes: [String] {
    mentioned.enumerated().map { "[^q\($0 + 1)]: \(Escaping.markdown($1))." }
  }
}
