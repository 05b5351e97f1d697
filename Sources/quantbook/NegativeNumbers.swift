/// Values such as -1 after an option, which swift-argument-parser would take for options: it would say
/// that the value is missing, not what is wrong with it.
enum NegativeNumbers {
  /// The arguments with `--seed -1` as `--seed=-1`.
  static func joined(to arguments: [String]) -> [String] {
    var result: [String] = []
    var isOver = false
    for argument in arguments {
      isOver = isOver || argument == "--"
      if !isOver, isNumber(argument), let last = result.last, isOption(last) {
        result[result.count - 1] = last + "=" + argument
      } else {
        result.append(argument)
      }
    }
    return result
  }

  private static func isNumber(_ text: String) -> Bool {
    text.hasPrefix("-") && Double(text) != nil
  }

  private static func isOption(_ text: String) -> Bool {
    text.hasPrefix("-") && text != "-" && !text.contains("=") && !isNumber(text)
  }
}
