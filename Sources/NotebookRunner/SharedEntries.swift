import InputLimits
import NotebookLanguage
import SafeFiles

/// Entries that the values of a sweep share. Its models differ in a few of a hundred tensors, so where a
/// value has a list of records with names, a record that stands there in the value before as well is
/// written as its name alone.
struct SharedEntries {
  /// Bytes that names may still stand for.
  private var budget: Int

  /// - Parameter budget: the most that names may stand for in all; what is beyond it stays a name. A file
  ///   that is read is no larger either.
  init(budget: Int = Limit.resultsBytes.value) { self.budget = budget }

  /// The values of a sweep as they are written.
  static func shortened(_ values: [Value]) -> [Value] {
    zip(values, [nil] + values.map(Optional.some)).map { value, previous in
      previous.map { shortened(value, after: $0) } ?? value
    }
  }

  private static func shortened(_ value: Value, after previous: Value) -> Value {
    switch (value, previous) {
    case (.record(var record), .record(let other)):
      for field in record.fields {
        if let previous = other[field.name] {
          record[field.name] = shortened(field.value, after: previous)
        }
      }
      return .record(record)
    case (.list(let entries), .list(let others)):
      guard let names = names(of: entries), let known = Self.names(of: others) else { return value }
      let previous = Dictionary(uniqueKeysWithValues: zip(known, others))
      return .list(
        zip(names, entries).map { name, entry in
          guard let other = previous[name],
            JSONWriter.bytes(of: other) == JSONWriter.bytes(of: entry)
          else { return entry }
          return .text(name)
        })
    default: return value
    }
  }

  /// nil unless all are records, each with a name of its own.
  private static func names(of entries: [Value]) -> [String]? {
    let names = entries.compactMap { entry -> String? in
      if case .record(let record) = entry, case .text(let name)? = record["name"] {
        name
      } else {
        nil
      }
    }
    return names.count == entries.count && Set(names).count == names.count ? names : nil
  }

  /// The value that was written, `previous` being the whole value before it.
  mutating func whole(_ value: JSONValue, after previous: JSONValue) -> JSONValue {
    switch (value, previous) {
    case (.object(var object), .object(let other)):
      let known = Dictionary(other.members.map { ($0.name, $0.value) }) { first, _ in first }
      for index in object.members.indices {
        let member = object.members[index]
        if let previous = known[member.name] {
          object.members[index].value = whole(member.value, after: previous)
        }
      }
      return .object(object)
    case (.array(let entries), .array(let others)):
      let names = others.compactMap { entry -> (String, JSONValue)? in
        guard case .object(let object) = entry, case .string(let name)? = object["name"] else {
          return nil
        }
        return (name, entry)
      }
      let known = Dictionary(names) { first, _ in first }
      return .array(
        entries.map { entry in
          guard case .string(let name) = entry, let record = known[name] else { return entry }
          let size = Self.size(of: record)
          guard size <= budget else { return entry }
          budget -= size
          return record
        })
    default: return value
    }
  }

  /// About how many bytes a value takes as text.
  private static func size(of value: JSONValue) -> Int {
    switch value {
    case .null, .boolean, .integer, .number: 8
    case .string(let text): 8 + text.utf8.count
    case .array(let entries): entries.reduce(8) { $0 + size(of: $1) }
    case .object(let object):
      object.members.reduce(8) { $0 + 8 + $1.name.utf8.count + size(of: $1.value) }
    }
  }
}
