/// Text as pages of help have it.
enum HelpText {
  /// A listing, four spaces from the margin, each line with its end.
  static func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { ($0.isEmpty ? "" : "    ") + $0 + "\n" }.joined()
  }
}
