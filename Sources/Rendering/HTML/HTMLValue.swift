import NotebookLanguage

/// A computed value in HTML: its text, and on pointing at it how it came about.
enum HTMLValue {
  /// - Parameters:
  ///   - padding: spaces between the text and its error, for alignment in a table.
  ///   - known: what is told already on pointing at what the value stands in.
  static func span(_ value: DisplayedValue, padding: String = "", known: String = "") -> String {
    let error =
      value.error.isEmpty ? "" : " <span class=\"error\">\(Escaping.text(value.error))</span>"
    guard value.origin != .given || value.cause != nil else {
      return Escaping.text(value.text) + padding + error
    }
    let title = tooltip(value)
    if !known.isEmpty, title == known, value.origin == .measured {
      return Escaping.text(value.text) + padding + error
    }
    let hint = title.isEmpty ? "" : " title=\"\(Escaping.attribute(title))\""
    // Those who cannot point at it hear or see why a value is no number.
    let spoken = value.cause.map { "<span class=\"hidden\"> (\(Escaping.text($0)))</span>" } ?? ""
    return "<span class=\"value \(value.origin.rawValue)\"\(hint)>"
      + "\(Escaping.text(value.text))\(spoken)</span>\(padding)\(error)"
  }

  static func tooltip(_ value: DisplayedValue) -> String {
    let setting = value.origin == .measured && value.note != nil ? value.setting : nil
    return [value.cause, value.note, setting].compactMap(\.self).joined(separator: "; ")
  }
}
