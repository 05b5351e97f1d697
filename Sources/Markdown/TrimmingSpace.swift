extension StringProtocol {
  /// Found from the end: a line may have megabytes.
  private var lastFilled: Index? {
    var index = endIndex
    while index > startIndex {
      formIndex(before: &index)
      if !self[index].isWhitespace { return index }
    }
    return nil
  }

  /// Without white space at both ends.
  package var trimmingSpace: String { String(drop { $0.isWhitespace }).trimmingTrailingSpace }

  package var trimmingTrailingSpace: String {
    lastFilled.map { String(self[...$0]) } ?? ""
  }
}
