import SafeFiles

/// Objects of JSON, one a line.
enum JSONLines {
  /// Gives one member of each line's object, a text.
  ///
  /// - Parameter body: is given its UTF-8.
  /// - Throws: `WrongLine`, `CancellationError`, what `body` throws.
  static func forEachText(
    in member: String, _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer?) throws -> Void
  ) throws {
    var number = 0
    var rest = bytes[...]
    while !rest.isEmpty {
      if Task.isCancelled { throw CancellationError() }
      number += 1
      let line = rest.prefix { $0 != 0x0A }
      rest = rest[line.endIndex...].dropFirst()
      guard case .object(let object)? = try? JSONReader.read(Array(line)),
        case .string(let text)? = object[member]
      else { throw WrongLine(number: number, member: member) }
      try Array(text.utf8).withUnsafeBytes { try body($0) }
    }
  }

  /// That a line is no object with the member.
  struct WrongLine: Error, CustomStringConvertible {
    var number: Int
    var member: String
    var description: String { "line \(number) is no JSON object with a text '\(member)'" }
  }
}
