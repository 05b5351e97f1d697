/// Width and height of a picture, as the head of its file gives them.
///
/// Reference: PNG (W3C) 11.2.1, GIF89a 18, WebP's container (RFC 9649) 2.5–2.7, JPEG (ITU-T T.81) B.2.2.
public struct PictureSize: Hashable, Sendable {
  public var width: Int
  public var height: Int

  /// In pixels; both sides have at most 32 bits.
  public var pixels: Int { width.multipliedReportingOverflow(by: height).partialValue }

  /// nil for a drawing without pixels, and where the head is cut off.
  public init?(of picture: Picture) {
    let bytes = picture.bytes
    let size: (Int, Int)?
    switch picture.kind {
    case .png: size = Self.pair(bytes, 16, 20, bytes: 4, isLittle: false)
    case .gif: size = Self.pair(bytes, 6, 8, bytes: 2, isLittle: true)
    case .webp: size = Self.webP(bytes)
    case .jpeg: size = Self.jpeg(bytes)
    case .svg: size = nil
    }
    guard let size else { return nil }
    (width, height) = size
  }

  private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int, isLittle: Bool) -> Int? {
    guard start + count <= bytes.count else { return nil }
    let part = bytes[start..<start + count]
    return (isLittle ? Array(part.reversed()) : Array(part)).reduce(0) { $0 << 8 | Int($1) }
  }

  private static func pair(
    _ bytes: [UInt8], _ first: Int, _ second: Int, bytes count: Int, isLittle: Bool
  ) -> (Int, Int)? {
    guard let one = number(bytes, first, count, isLittle: isLittle),
      let other = number(bytes, second, count, isLittle: isLittle)
    else { return nil }
    return (one, other)
  }

  /// Lossy, lossless and extended files each have the size in a place of their own.
  private static func webP(_ bytes: [UInt8]) -> (Int, Int)? {
    guard bytes.count >= 30 else { return nil }
    switch String(decoding: bytes[12..<16], as: UTF8.self) {
    case "VP8 ":
      return pair(bytes, 26, 28, bytes: 2, isLittle: true).map { ($0 & 0x3FFF, $1 & 0x3FFF) }
    case "VP8L":
      return number(bytes, 21, 4, isLittle: true).map {
        (($0 & 0x3FFF) + 1, ($0 >> 14 & 0x3FFF) + 1)
      }
    case "VP8X": return pair(bytes, 24, 27, bytes: 3, isLittle: true).map { ($0 + 1, $1 + 1) }
    default: return nil
    }
  }

  /// The segments up to the frame's, which has the size.
  private static func jpeg(_ bytes: [UInt8]) -> (Int, Int)? {
    var position = 2
    while position + 4 <= bytes.count, bytes[position] == 0xFF {
      let marker = bytes[position + 1]
      switch marker {
      case 0xFF: position += 1
      case 0x01, 0xD0...0xD8: position += 2
      case 0xC0...0xCF where ![0xC4, 0xC8, 0xCC].contains(marker):
        return pair(bytes, position + 7, position + 5, bytes: 2, isLittle: false)
      case 0xD9, 0xDA: return nil
      default:
        guard let length = number(bytes, position + 2, 2, isLittle: false) else { return nil }
        position += 2 + length
      }
    }
    return nil
  }
}
