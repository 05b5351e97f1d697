package import NotebookLanguage
import SafeFiles

/// The form in which results are kept between runs: the plain value, the notes on its figures, and
/// how it was made.
package enum StoredResultCoding {
  /// Fields of a results file's cell, or of a cache entry.
  static func record(_ stored: StoredResult) -> Record {
    var record = Record([
      "value": stored.value, "seconds": .number((stored.seconds * 1000).rounded() / 1000),
    ])
    let notes = FigureNotes(on: stored.value).value
    if case .record(let fields) = notes, !fields.fields.isEmpty { record["figures"] = notes }
    if !stored.provenance.isEmpty {
      record["provenance"] = .list(
        stored.provenance.map {
          .record(Record(["name": .text($0.name), "value": .text($0.value)]))
        })
    }
    return record
  }

  package static func bytes(_ stored: StoredResult) -> [UInt8] {
    JSONWriter.bytes(of: .record(record(stored)))
  }

  /// SHA-256 of a result and its key, by which a change by hand is noticed: of what is meant, not of how
  /// it is laid out as text.
  static func seal(_ stored: StoredResult, key: String) -> String {
    var hash = ContentHash()
    hash.update(key)
    bytes(stored).withUnsafeBytes { hash.update($0) }
    return hash.finalize()
  }

  /// nil for what is not of this form.
  ///
  /// - Parameter plain: the plain value where it stands elsewhere.
  static func result(_ object: JSONObject, value plain: JSONValue? = nil) -> StoredResult? {
    guard let value = plain ?? object["value"] else { return nil }
    var provenance: [(name: String, value: String)] = []
    if case .array(let facts)? = object["provenance"] {
      for case .object(let fact) in facts {
        if let name = fact["name"]?.asText, let value = fact["value"]?.asText {
          provenance.append((name, value))
        }
      }
    }
    return StoredResult(
      value: FigureNotes(object["figures"]).value(of: value), provenance: provenance,
      seconds: object["seconds"]?.asDouble ?? 0)
  }

  package static func result(_ bytes: UnsafeRawBufferPointer) -> StoredResult? {
    guard case .object(let object)? = try? JSONReader.read(bytes) else { return nil }
    return result(object)
  }
}
