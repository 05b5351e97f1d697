import Foundation
import SafeFiles

extension DoctorSection {
  /// Where results are kept between runs, and whether that works.
  static var cache: Self {
    var section = Self("cache")
    guard let store = CacheSettings.store else {
      section.add("folder", "none")
      section.fail(
        "there is no cache folder, so every run computes all anew",
        help: "name a folder that you may write to in QUANTBOOK_CACHE")
      return section
    }
    section.add("folder", DoctorPath.shown(store.folder))
    let isWritable = canKeep(in: store)
    section.add("writable", isWritable)
    if !isWritable {
      section.fail(
        "nothing can be kept in \(DoctorPath.shown(store.folder))",
        help: "make room on its disk and see that it and the folders in it are yours (ls -la), "
          + "or name another folder in QUANTBOOK_CACHE")
    }
    let entries = store.entries()
    section.add("entries", entries.count)
    section.add("size", bytes: entries.reduce(0) { $0 + $1.bytes })
    section.add("limit", bytes: CacheSettings.limit)
    if let free = FreeSpace.bytes(in: store.folder) { section.add("free on disk", bytes: free) }
    if !CacheSettings.understandsLimit {
      section.fail(
        "QUANTBOOK_CACHE_LIMIT is no size, so the usual limit counts",
        help: "a size is like 500MiB or 2GiB")
    }
    return section
  }

  /// Keeps something, reads it again and removes it.
  private static func canKeep(in store: BlobStore) -> Bool {
    let key = ContentHash.sha256(of: "quantbook doctor \(UUID().uuidString)")
    let bytes = Array("kept".utf8)
    guard bytes.withUnsafeBytes({ store.write(key, $0) }) else { return false }
    defer { store.remove(key) }
    return store.read(key) != nil
  }
}
