import Foundation

/// A text of a test, and after lines `=====` the exact texts that are made of it.
///
/// With `UPDATE_CASES=1` in the environment the expected texts are written anew, to be read before they
/// are committed.
public struct GoldenFile: Sendable, CustomStringConvertible {
  public let name: String
  /// What stands before the first line `=====`.
  public let input: String
  public let expected: [String]
  private let folder: String

  public var description: String { name }

  private static let separator = "\n=====\n"

  /// The files of a folder, sorted by name; those without a line `=====` are none.
  public static func all(in folder: String) -> [Self] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().compactMap { Self(name: $0, in: folder) }
  }

  /// The path of what stands beside a test.
  public static func path(_ name: String, beside test: String = #filePath) -> String {
    URL(fileURLWithPath: test).deletingLastPathComponent().appendingPathComponent(name).path
  }

  private init?(name: String, in folder: String) {
    guard var rest = FileManager.default.contents(atPath: "\(folder)/\(name)") else { return nil }
    var parts: [String] = []
    // In bytes: notebooks of tests may have carriage returns.
    while let mark = rest.range(of: Data(Self.separator.utf8)) {
      parts.append(String(decoding: rest[..<mark.lowerBound], as: UTF8.self))
      rest = rest[mark.upperBound...]
    }
    guard let first = parts.first else { return nil }
    self.name = name
    self.folder = folder
    input = first + "\n"
    expected = parts.dropFirst() + [String(decoding: rest, as: UTF8.self)]
  }

  /// The texts that are expected: these, where the file is written anew.
  public func expected(updatedTo found: [String]) throws -> [String] {
    let text = ([String(input.dropLast())] + found).joined(separator: Self.separator)
    return try Self.text(at: "\(folder)/\(name)", updatedTo: text) == text ? found : expected
  }

  /// The text of a whole file that is expected: this, where it is written anew.
  public static func text(at path: String, updatedTo found: String) throws -> String {
    if ProcessInfo.processInfo.environment["UPDATE_CASES"] != nil {
      try found.write(toFile: path, atomically: true, encoding: .utf8)
    }
    return try String(contentsOfFile: path, encoding: .utf8)
  }
}
