import Decompression
import Foundation
import Markdown

extension DoctorSection {
  /// The C libraries, by the versions that they tell themselves.
  static var libraries: Self {
    var section = Self("libraries")
    section.add("cmark-gfm", CmarkVersion.linked)
    for library in CompressionLibrary.linked { section.add(library.name, library.version) }
    #if canImport(Glibc)
      if let version = systemText(of: Int32(_CS_GNU_LIBC_VERSION)) { section.add("libc", version) }
    #endif
    return section
  }

  /// One of the texts that `confstr` knows, such as `glibc 2.36`.
  private static func systemText(of name: Int32) -> String? {
    var bytes = [CChar](repeating: 0, count: 100)
    let length = confstr(name, &bytes, bytes.count)
    guard length > 1, length <= bytes.count else { return nil }
    return String(decoding: bytes.prefix(length - 1).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
