import Markdown
public import NotebookLanguage

extension Report {
  /// The value that belongs to a place in the text; nil for a place that is not the report's own.
  func value(_ index: Int) -> DisplayedValue? {
    values.indices.contains(index) ? values[index] : nil
  }

  func valueText(_ index: Int) -> String { value(index)?.text ?? "" }

  /// A running text without markup, its values filled in.
  public func plain(_ text: Text) -> String { PlainText.of(text, value: valueText) }
}

extension Report.Caption {
  /// What the caption begins with, such as `Table 2.`; without a full stop where nothing follows.
  func title(of kind: String) -> String {
    (number.map { "\(kind) \($0)" } ?? kind) + (text.isEmpty ? "" : ".")
  }
}
