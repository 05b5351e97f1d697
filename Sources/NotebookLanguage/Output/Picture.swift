/// A picture of the author's, as its file holds it.
public struct Picture: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case png, jpeg, gif, webp, svg

    public var mediaType: String { self == .svg ? "image/svg+xml" : "image/\(rawValue)" }
  }

  public let kind: Kind
  public let bytes: [UInt8]

  /// nil where the bytes begin as none of the kinds do, whatever the file is called.
  public init?(_ bytes: [UInt8]) {
    guard let kind = Self.kind(of: bytes) else { return nil }
    self.kind = kind
    self.bytes = bytes
  }

  private static func kind(of bytes: [UInt8]) -> Kind? {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
    if bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8) { return .gif }
    if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
      return .webp
    }
    return isSVG(bytes) ? .svg : nil
  }

  /// Whether the first element is `<svg>`, after an XML declaration, comments and a document type.
  private static func isSVG(_ bytes: [UInt8]) -> Bool {
    var rest = Substring(String(decoding: bytes.prefix(1 << 14), as: UTF8.self))
    if rest.first == "\u{FEFF}" { rest.removeFirst() }
    while true {
      rest = rest.drop { $0.isWhitespace }
      let end: String
      if rest.hasPrefix("<!--") {
        end = "-->"
      } else if rest.hasPrefix("<?") || rest.hasPrefix("<!") {
        end = ">"
      } else {
        return rest.hasPrefix("<svg")
      }
      guard let place = rest.firstRange(of: end) else { return false }
      rest = rest[place.upperBound...]
    }
  }
}
