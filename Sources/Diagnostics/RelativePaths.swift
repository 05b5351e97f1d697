extension Diagnostic {
  /// The diagnostic with the files below a folder called as from there: what a report says of a notebook's own
  /// files is the same on every machine, and tells nothing of this one.
  ///
  /// - Parameter folder: an absolute path.
  public func calling(filesBelow folder: String) -> Self {
    let folder = Array((folder.utf8.last == UInt8(ascii: "/") ? folder : folder + "/").utf8)
    guard folder.count > 1 else { return self }
    var other = self
    other.message = Self.text(message, without: folder)
    other.help = help.map { Self.text($0, without: folder) }
    for index in notes.indices {
      other.notes[index].message = Self.text(notes[index].message, without: folder)
    }
    return other
  }

  /// - Parameter folder: with its last slash; taken away where a path begins with it.
  private static func text(_ text: String, without folder: [UInt8]) -> String {
    var rest = Array(text.utf8)[...]
    var kept: [UInt8] = []
    while let byte = rest.first {
      if byte == folder[0], !(kept.last.map(isOfPath) ?? false), rest.starts(with: folder) {
        rest = rest.dropFirst(folder.count)
        // The folder itself.
        if !(rest.first.map(isOfPath) ?? false) { kept.append(UInt8(ascii: ".")) }
      } else {
        kept.append(rest.removeFirst())
      }
    }
    return String(decoding: kept, as: UTF8.self)
  }

  private static func isOfPath(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
    default: "._-~/".utf8.contains(byte)
    }
  }
}
