import Diagnostics
import InputLimits

/// Reads entries in BibTeX.
///
/// Reference: the format as BibTeX's manual "BibTeXing" (Patashnik, 1988) has it: `@article{key, field =
/// value, …}` with values in braces or quotes, numbers, and texts joined by `#` that `@string` names.
struct BibliographyFile {
  private let file: SourceFile
  private let bytes: [UInt8]
  private var position = 0
  private var strings: [String: String] = BibliographyFile.months
  private var references: [Reference] = []
  private var mistakes: [Diagnostic] = []

  static func read(_ file: SourceFile) -> (references: [Reference], mistakes: [Diagnostic]) {
    var reader = Self(file)
    reader.read()
    return (reader.references, reader.mistakes)
  }

  private init(_ file: SourceFile) {
    self.file = file
    bytes = Array(file.bytes)
  }

  private mutating func read() {
    while let at = bytes[position...].firstIndex(of: UInt8(ascii: "@")) {
      position = at + 1
      do throws(Diagnostic) { try readEntry(from: at) } catch {
        if mistakes.count < 100 { mistakes.append(error) }
        // The next entry begins a line with @.
        skipToNextEntry()
      }
      guard references.count <= Limit.bibliographyEntries.value else {
        mistakes.append(
          Diagnostic(
            .tooComplex,
            "a bibliography has at most \(Limit.bibliographyEntries.value) entries", at: span(at),
            help: Limit.bibliographyEntries.cure))
        return
      }
    }
  }

  private mutating func readEntry(from start: Int) throws(Diagnostic) {
    let kind = word().lowercased()
    skipSpace()
    if kind == "comment" { return }
    guard position < bytes.count, let close = Self.closing[bytes[position]] else {
      throw mistake("an entry needs braces after '@\(kind)'", at: start)
    }
    position += 1
    switch kind {
    case "preamble": _ = try value()
    case "string":
      skipSpace()
      let name = word().lowercased()
      try expect(UInt8(ascii: "="), after: "the name '\(name)'")
      strings[name] = try value()
    default: try readReference(kind, close: close, from: start)
    }
    skipSpace()
    if position < bytes.count, bytes[position] == close { position += 1 }
  }

  private mutating func readReference(
    _ kind: String, close: UInt8, from start: Int
  ) throws(Diagnostic) {
    skipSpace()
    let keyStart = position
    while position < bytes.count, !",} \t\r\n".utf8.contains(bytes[position]) { position += 1 }
    let keyRange = keyStart..<position
    let key = String(decoding: bytes[keyRange], as: UTF8.self)
    guard !key.isEmpty else { throw mistake("this entry has no key to cite it by", at: start) }
    var fields: [String: String] = [:]
    while true {
      skipSpace()
      guard position < bytes.count else {
        throw mistake("the entry '\(key)' is never closed", at: start)
      }
      if bytes[position] == close { break }
      if bytes[position] == UInt8(ascii: ",") {
        position += 1
        continue
      }
      let nameStart = position
      let name = word().lowercased()
      guard !name.isEmpty else {
        throw mistake("expected the name of a field of '\(key)'", at: nameStart)
      }
      try expect(UInt8(ascii: "="), after: "the field '\(name)'")
      fields[name] = try value()
    }
    var reference = Reference()
    reference.identifier = Spanned(key, at: SourceSpan(file: file, range: keyRange))
    reference.kind = kind
    func field(_ names: String...) -> String {
      names.lazy.compactMap { fields[$0] }.first.map(TeXText.plain) ?? ""
    }
    reference.title = field("title")
    reference.authors = Self.names(fields["author"] ?? fields["editor"] ?? "")
    reference.year = Reference.Year(field("year", "date"))
    reference.container = field("journal", "journaltitle", "booktitle")
    reference.publisher = field("publisher", "institution", "school", "organization")
    reference.volume = field("volume")
    reference.issue = field("number", "issue")
    reference.pages = field("pages")
    reference.doi = (fields["doi"] ?? "").filter { !"{}\\".contains($0) }
    reference.url = fields["url"] ?? fields["eprint"].map { "https://arxiv.org/abs/\($0)" } ?? ""
    references.append(reference)
  }

  /// Names are joined by `and`; braces keep one together.
  private static func names(_ text: String) -> [Reference.Name] {
    var names: [String] = []
    var words: [Substring] = []
    var depth = 0
    for word in text.split(whereSeparator: \.isWhitespace) {
      if depth == 0, word == "and" {
        names.append(words.joined(separator: " "))
        words = []
      } else {
        words.append(word)
      }
      depth += word.count { $0 == "{" } - word.count { $0 == "}" }
    }
    names.append(words.joined(separator: " "))
    return names.filter { !$0.isEmpty }.map { name in
      name.hasPrefix("{") && name.hasSuffix("}")
        ? Reference.Name(family: TeXText.plain(name)) : Reference.Name(TeXText.plain(name))
    }
  }

  // MARK: - Values

  /// Texts joined by `#`.
  private mutating func value() throws(Diagnostic) -> String {
    var text = try part()
    skipSpace()
    while position < bytes.count, bytes[position] == UInt8(ascii: "#") {
      position += 1
      text += try part()
      skipSpace()
    }
    return text
  }

  private mutating func part() throws(Diagnostic) -> String {
    skipSpace()
    guard position < bytes.count else {
      throw mistake("the file ends within an entry", at: position)
    }
    switch bytes[position] {
    case UInt8(ascii: "{"): return try delimited(by: UInt8(ascii: "}"))
    case UInt8(ascii: "\""): return try delimited(by: UInt8(ascii: "\""))
    default:
      let start = position
      let name = word()
      guard !name.isEmpty else { throw mistake("expected a value", at: start) }
      return strings[name.lowercased()] ?? name
    }
  }

  private mutating func delimited(by close: UInt8) throws(Diagnostic) -> String {
    let start = position
    position += 1
    var depth = 0
    while position < bytes.count {
      let byte = bytes[position]
      if depth == 0, byte == close {
        let text = String(decoding: bytes[(start + 1)..<position], as: UTF8.self)
        position += 1
        return text
      }
      if byte == UInt8(ascii: "{") { depth += 1 }
      if byte == UInt8(ascii: "}") { depth -= 1 }
      if byte == UInt8(ascii: "\\") { position += 1 }
      position += 1
    }
    position = bytes.count
    throw mistake("this value is never closed", at: start)
  }

  // MARK: - Characters

  private static let closing: [UInt8: UInt8] = [
    UInt8(ascii: "{"): UInt8(ascii: "}"), UInt8(ascii: "("): UInt8(ascii: ")"),
  ]

  private static let months = Dictionary(
    uniqueKeysWithValues: [
      "January", "February", "March", "April", "May", "June", "July", "August", "September",
      "October", "November", "December",
    ].map { (String($0.prefix(3)).lowercased(), $0) })

  private mutating func word() -> String {
    let start = position
    while position < bytes.count, !"{}(),=#\"@ \t\r\n".utf8.contains(bytes[position]) {
      position += 1
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func skipSpace() {
    while position < bytes.count, " \t\r\n".utf8.contains(bytes[position]) { position += 1 }
  }

  private mutating func skipToNextEntry() {
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "@"), position > 0, bytes[position - 1] == 0x0A { return }
      position += 1
    }
  }

  private mutating func expect(_ byte: UInt8, after what: String) throws(Diagnostic) {
    skipSpace()
    guard position < bytes.count, bytes[position] == byte else {
      throw mistake("expected = after \(what)", at: min(position, bytes.count))
    }
    position += 1
  }

  private func span(_ offset: Int) -> SourceSpan {
    SourceSpan(file: file, range: offset..<min(offset + 1, bytes.count))
  }

  private func mistake(_ message: String, at offset: Int) -> Diagnostic {
    Diagnostic(.invalidBibliography, message, at: span(min(offset, bytes.count)))
  }
}
