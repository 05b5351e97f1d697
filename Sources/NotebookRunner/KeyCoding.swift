import NotebookLanguage
import SafeFiles

/// A value's key as results files hold it, so that a later run can say what changed.
enum KeyCoding {
  static func record(_ key: ValueKey) -> Record {
    var record = Record(["cell": .text(key.cell), "content": .text(key.content)])
    if !key.engine.isEmpty { record["engine"] = .text(key.engine) }
    for (name, texts) in [
      ("settings", key.settings), ("inputs", key.inputs), ("files", key.files), ("host", key.host),
    ] where !texts.isEmpty {
      record[name] = self.record(texts)
    }
    return record
  }

  private static func record(_ texts: [String: String]) -> Value {
    var record = Record()
    for (name, text) in texts.sorted(by: { $0.key < $1.key }) { record.append(name, .text(text)) }
    return .record(record)
  }

  /// - Parameter hash: what the results file gives as `key`.
  static func key(_ json: JSONValue?, hash: String) -> ValueKey? {
    guard case .object(let object)? = json, let cell = object["cell"]?.asText,
      let content = object["content"]?.asText
    else { return nil }
    return ValueKey(
      cell: cell, settings: texts(object["settings"]), inputs: texts(object["inputs"]),
      files: texts(object["files"]), engine: object["engine"]?.asText ?? "",
      host: texts(object["host"]), content: content, hash: hash)
  }

  private static func texts(_ json: JSONValue?) -> [String: String] {
    guard case .object(let object)? = json else { return [:] }
    return Dictionary(
      object.members.compactMap { member in member.value.asText.map { (member.name, $0) } },
      uniquingKeysWith: { $1 })
  }
}
