public import NotebookLanguage

/// Every directive of the notebook language. A new one is one file here and one more line.
public enum AllCells {
  public static let types: [any Cell.Type] = [
    LoadCell.self,
    CorpusCell.self,
    QuantizeCell.self,
    EvaluateCell.self,
    GenerateCell.self,
    PlotTableCell.self,
    PlotCell.self,
    PublishedCell.self,
    ExpectCell.self,
  ]

  /// The cells, and what the language itself puts between fences: for documentation.
  public static var directives: [any Directive.Type] { types + [IncludeCell.self] }
}
