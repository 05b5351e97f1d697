import Diagnostics
import Hub

/// How files that came from the Hub are fetched anew.
enum HubRemedy {
  /// The command for what the cache has damaged; nil for a path that leads elsewhere.
  static func help(for path: String) -> String? {
    guard let settings = try? HubSettings(), let file = HubCachedFile(path: path, in: settings)
    else { return nil }
    return command(for: file).map { "'\($0)' fetches it anew" }
  }

  /// What to do where the Hub gives no file; of one that is not to be reached, what does without it.
  ///
  /// - Parameters:
  ///   - isCached: whether the cache has all of what was asked for.
  ///   - download: the command that fetches it.
  ///   - shipped: what may be named in its place.
  ///   - span: where it is named.
  static func help(
    for error: HubError, isCached: Bool, download: String, shipped: String, at span: SourceSpan?
  ) -> String? {
    guard error.code == .unreachable else { return error.help }
    let others: String
    if isCached {
      others = "--offline uses what the cache has"
    } else if let span {
      let place = span.parameterName.map { "by -P \($0)=PATH" } ?? "as a path"
      others =
        "'\(download)' on a machine with a network fills a cache to carry over; or name what is here, "
        + "\(place), or \(shipped), which ships"
    } else {
      return error.help
    }
    return [error.help, others].compactMap(\.self).joined(separator: "; ")
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
