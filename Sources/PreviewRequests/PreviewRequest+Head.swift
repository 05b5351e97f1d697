import InputLimits

extension PreviewRequest {
  /// Bytes of the longest head that is read: a target, headers, and what stands between them.
  public static var longestHead: Int {
    Limit.previewTargetBytes.value + Limit.previewHeaderBytes.value + 4_096
  }

  /// The head of a request, without the empty line that ends it.
  ///
  /// Strict where lenient readers differ from each other: lines end in CRLF, none is folded, and a header
  /// that decides something stands there once. Reference: RFC 9112, sections 2 to 6.
  public init(head: some Collection<UInt8>) throws(Refusal) {
    var lines = Self.lines(of: head).makeIterator()
    guard let first = lines.next() else { throw .badRequest }
    let words = first.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard words.count == 3, Self.isToken(words[0]), words[1].first == UInt8(ascii: "/"),
      words[1].allSatisfy({ (0x21...0x7E).contains($0) }),
      words[2].elementsEqual("HTTP/1.1".utf8) || words[2].elementsEqual("HTTP/1.0".utf8)
    else { throw .badRequest }
    method = String(decoding: words[0], as: UTF8.self)
    target = String(decoding: words[1], as: UTF8.self)
    headers = [:]
    var count = 0
    while let line = lines.next() {
      count += 1
      guard count <= Limit.previewHeaders.value else { throw .headersTooLarge }
      let (name, value) = try Self.header(line)
      if let before = headers[name] {
        guard !Self.deciding.contains(name) else { throw .badRequest }
        headers[name] = before + ", " + value
      } else {
        headers[name] = value
      }
    }
    // No page of ours sends a body in pieces.
    guard headers["transfer-encoding"] == nil else { throw .badRequest }
    guard let length = headers["content-length"] else {
      bodyLength = 0
      return
    }
    guard !length.isEmpty, length.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw .badRequest
    }
    guard let number = Int(length) else { throw .bodyTooLarge }
    bodyLength = number
  }

  private static let deciding: Set = [
    "host", "origin", "content-length", "transfer-encoding", "sec-fetch-site", "sec-fetch-mode",
    "x-preview-token",
  ]

  private static func lines(of head: some Collection<UInt8>) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    let bytes = Array(head)
    var start = 0
    for index in bytes.indices.dropLast()
    where bytes[index] == UInt8(ascii: "\r") && bytes[index + 1] == UInt8(ascii: "\n") {
      lines.append(bytes[start..<index])
      start = index + 2
    }
    lines.append(bytes[start...])
    return lines
  }

  private static func header(
    _ line: ArraySlice<UInt8>
  ) throws(Refusal) -> (name: String, value: String) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), isToken(line[..<colon]) else {
      throw .badRequest
    }
    let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    let value = line[(colon + 1)...].drop(while: isBlank)
    guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }) else {
      throw .badRequest
    }
    let end = value.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? value.startIndex
    return (
      String(decoding: line[..<colon], as: UTF8.self).lowercased(),
      String(decoding: value[..<end], as: UTF8.self)
    )
  }

  /// Reference: RFC 9110, section 5.6.2.
  private static func isToken(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.isEmpty
      && bytes.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
  }
}
