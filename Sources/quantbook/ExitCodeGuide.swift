/// `quantbook help exit-codes`.
enum ExitCodeGuide {
  /// A line for each code, wrapped.
  static var text: String {
    """
    exit-codes: how the command tells a script what came of it.

    \(ExitStatus.allCases.map(line).joined())
    Example:

    \(HelpText.indented(example))
    """
  }

  static let example = """
    quantbook run report.md || case $? in
      3) echo "a claim of the report does not hold" ;;
      5) echo "get the model first" ;;
    esac
    """

  private static func line(_ status: ExitStatus) -> String {
    let number = String(status.rawValue)
    let margin = String(repeating: " ", count: 7)
    let text = TextColumns.wrapped(status.meaning, margin: margin)
    return String(repeating: " ", count: 5 - number.count) + number + text.dropFirst(5)
  }
}
