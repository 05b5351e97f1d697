import Hub

/// How files that came from the Hub are fetched anew.
enum HubRemedy {
  /// The command for what the cache has damaged; nil for a path that leads elsewhere.
  static func help(for path: String) -> String? {
    guard let settings = try? HubSettings(), let file = HubCachedFile(path: path, in: settings)
    else { return nil }
    return command(for: file).map { "'\($0)' fetches it anew" }
  }

  private static func command(for file: HubCachedFile) -> String? {
    switch file.kind {
    case .model:
      let revision = file.revision == HubName.mainRevision ? "" : "@\(file.revision)"
      let part = file.file.hasSuffix(".gguf") ? "/\(file.file)" : ""
      return "quantbook download \(file.repository)\(revision)\(part) --force"
    case .dataset:
      for text in NamedText.all {
        guard let hub = text.hubText, hub.repository == file.repository,
          let split = hub.splits.first(where: { $0.files.contains(file.file) })?.name
        else { continue }
        let option = split == hub.splits.first?.name ? "" : " --split \(split)"
        return "quantbook download \(text.name)\(option) --force"
      }
      return nil
    }
  }
}
