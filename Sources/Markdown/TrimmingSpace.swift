extension StringProtocol {
  /// Without white space at both ends.
  package var trimmingSpace: String { String(drop { $0.isWhitespace }).trimmingTrailingSpace }

  package var trimmingTrailingSpace: String {
    String(reversed().drop { $0.isWhitespace }.reversed())
  }
}
