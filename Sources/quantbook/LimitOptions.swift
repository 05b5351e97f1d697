import ArgumentParser
import Diagnostics
import InputLimits

/// `--limit NAME=VALUE`: how much of the input is accepted.
struct LimitOptions: ParsableArguments {
  @Option(
    name: .customLong("limit"), parsing: .singleValue,
    help: ArgumentHelp(
      "Accept more or less of something, such as corpus-bytes=4GiB; quantbook list limits shows what. May "
        + "be given several times.", valueName: "name=value"),
    completion: .list(Limit.allCases.map { $0.name + "=" }), transform: { try LimitSetting($0) })
  var settings: [LimitSetting] = []

  init() {}

  /// Makes the limits the process's: a command reads nothing before its options are valid.
  func validate() {
    guard !settings.isEmpty else { return }
    var limits = Limits()
    for setting in settings { limits[setting.limit] = setting.value }
    Limits.choose(limits)
  }
}

/// One `NAME=VALUE`.
struct LimitSetting: Hashable {
  var limit: Limit
  /// In the limit's unit.
  var value: Int

  /// - Throws: `ValidationError` for an unknown name, for what is no size, and for less than the limit's `lowest` or more
  ///   than its `most`.
  init(_ text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let limit = Limit(rawValue: name) else {
      let near = nearestNames(to: name, among: Limit.allCases.map(\.name)).first
      throw ValidationError(
        "there is no limit '\(name)'; "
          + (near.map { "did you mean '\($0)'?" } ?? "quantbook list limits shows them all"))
    }
    guard parts.count == 2, let value = Self.value(String(parts[1]), of: limit) else {
      let usual = limit.text(of: limit.usual)
      throw ValidationError(
        "the limit \(name) is given with a whole number, such as \(name)=\(usual), not '\(text)'")
    }
    guard value <= limit.most else {
      throw ValidationError(
        "the limit \(name) can be at most \(limit.text(of: limit.most)), not \(parts[1])")
    }
    guard value >= limit.lowest else {
      throw ValidationError(
        "the limit \(name) can be no less than \(limit.text(of: limit.lowest)), not \(parts[1])")
    }
    self.limit = limit
    self.value = value
  }

  private static func value(_ text: String, of limit: Limit) -> Int? {
    guard limit.unit == .bytes else { return Int(text).flatMap { $0 >= 0 ? $0 : nil } }
    return ByteCount(text)?.bytes
  }
}
