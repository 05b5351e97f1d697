import NotebookLanguage

/// The signature of a PNG: all that a renderer looks at.
enum PictureSample {
  static let bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  static let base64 = "iVBORw0KGgo="
  static let png = Picture(bytes)
}
