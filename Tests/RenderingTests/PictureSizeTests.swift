import NotebookLanguage
import Testing

@Suite struct PictureSizeTests {
  private func size(_ bytes: [UInt8]) throws -> PictureSize? {
    PictureSize(of: try #require(Picture(bytes)))
  }

  private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  private static let riff = Array("RIFF0000WEBP".utf8)

  static let files: [([UInt8], Int, Int)] = [
    (png + [0, 0, 0, 13] + Array("IHDR".utf8) + [0, 0, 0x75, 0x30, 0, 0, 0, 1], 30_000, 1),
    (Array("GIF89a".utf8) + [2, 1, 3, 0], 258, 3),
    (
      riff + Array("VP8X".utf8) + [10, 0, 0, 0, 0, 0, 0, 0] + [255, 0, 0] + [1, 1, 0], 256, 258
    ),
    (
      riff + Array("VP8 ".utf8) + [0, 0, 0, 0, 0, 0, 0, 0x9D, 0x01, 0x2A] + [0x10, 0x40, 5, 0], 16,
      5
    ),
    (
      riff + Array("VP8L".utf8) + [0, 0, 0, 0, 0x2F] + [0x0F, 0xC0, 0x01, 0]
        + [0, 0, 0, 0, 0], 16, 8
    ),
    (
      [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 9, 9, 0xFF, 0xC2, 0, 17, 8, 1, 0, 0, 7, 3], 7, 256
    ),
  ]

  @Test("the head says how large a picture is", arguments: files)
  func reads(bytes: [UInt8], width: Int, height: Int) throws {
    let size = try #require(try size(bytes))
    #expect(size.width == width && size.height == height)
  }

  @Test("a head that is cut off says nothing wrong", arguments: files)
  func cut(bytes: [UInt8], width: Int, height: Int) throws {
    for length in 0..<bytes.count {
      guard let picture = Picture(Array(bytes.prefix(length))) else { continue }
      let size = PictureSize(of: picture)
      #expect(size == nil || (size?.width == width && size?.height == height))
    }
  }
}
