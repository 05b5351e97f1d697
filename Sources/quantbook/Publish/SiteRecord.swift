import Foundation
import InputLimits
import JSONStrings
import Rendering
import SafeFiles

/// What a site's folder holds of an earlier `publish`: by it a notebook that fails keeps its page, and
/// files that are no longer of the site are taken away.
struct SiteRecord: Codable, Equatable {
  static let path = "quantbook-site.json"

  /// Of this form of the record.
  var version = 1
  var entries: [SiteEntry] = []
  /// All that was written, relative to the site's folder.
  var files: [String] = []

  /// The record in a site's folder; empty where there is none.
  ///
  /// - Throws: `FileError` or `DecodingError` for one that cannot be read.
  static func read(in folder: String) throws -> Self {
    do {
      let bytes = try BoundedReader.bytes(path: "\(folder)/\(path)", limit: .resultsBytes)
      let record = try JSONDecoder().decode(Self.self, from: Data(bytes))
      return record.version == Self().version ? record : Self()
    } catch let error as FileError where error.code == .missing {
      return Self()
    }
  }

  var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return JSONString.escaping(String(decoding: try encoder.encode(self), as: UTF8.self)) + "\n"
    }
  }

  /// What was known of a notebook when it last ran whole. Its files are those that this site would
  /// write: the record itself is not trusted with names.
  func lastGood(_ item: SiteNotebooks.Item, in folder: String) -> SiteEntry? {
    guard var entry = entries.first(where: { $0.page == item.page }),
      FileManager.default.fileExists(atPath: "\(folder)/\(item.page)")
    else { return nil }
    entry.notebook = item.path
    entry.thumbnail = entry.thumbnail == nil ? nil : item.thumbnail
    return entry
  }
}
