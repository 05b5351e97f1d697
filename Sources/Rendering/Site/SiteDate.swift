private import Foundation

/// A day, from a date as notebooks write it: `2026-11-25`, or with a time after it.
struct SiteDate: Comparable {
  private let date: Date

  /// nil for what is no such date.
  init?(_ text: String?) {
    guard let text,
      let date = try? Date(
        String(text.prefix(10)), strategy: .iso8601.year().month().day().dateSeparator(.dash))
    else { return nil }
    self.date = date
  }

  /// As in `2026-11-25`.
  var day: String { date.formatted(.iso8601.year().month().day().dateSeparator(.dash)) }

  /// As RSS has it, after RFC 822: `Wed, 25 Nov 2026 00:00:00 GMT`.
  var rfc822: String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return formatter.string(from: date)
  }

  static func < (one: Self, other: Self) -> Bool { one.date < other.date }
}
