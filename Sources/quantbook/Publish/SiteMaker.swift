import ArgumentParser
import Diagnostics
import Foundation
import NotebookRunner
import Paths
import Rendering

/// Makes a site: page after page, each written when it is finished, and at last what lists them.
struct SiteMaker {
  let command: PublishCommand
  let items: [SiteNotebooks.Item]

  /// - Returns: how the command ends because of each notebook that is not as it should be.
  /// - Throws: `Diagnostic` where the site cannot be written, `CancellationError` after a signal.
  func make() async throws -> [ExitCode] {
    let earlier = try readRecord()
    var folder = SiteFolder(command.output)
    try folder.refuseOthers(
      items.flatMap { [$0.page, $0.failedPage, $0.thumbnail] }
        + [SiteStyle.path, SiteIndex.path, Sitemap.path, SiteFeed.path], earlier: earlier.files)
    var entries: [SiteEntry] = []
    var ends: [ExitCode] = []
    try folder.write([(SiteStyle.path, SiteStyle.css)])
    for (index, item) in items.enumerated() {
      try Task.checkCancellation()
      let subject = items.count == 1 ? "" : "\(index + 1)/\(items.count) \(item.path)"
      let outcome = try await SiteReport(command: command, item: item, subject: subject).outcome()
      let entry = try write(outcome, of: item, earlier, to: &folder)
      entries.append(entry)
      if let end = outcome.end { ends.append(end) }
    }
    try finish(entries, earlier, &folder)
    if !command.quiet {
      let count = entries.count { $0.failure != nil }
      let failed = count == 0 ? "" : "; \(count) of them failed"
      command.diagnostics.tell(
        "wrote \(command.output)/\(SiteIndex.path) with \(Self.count(entries))\(failed)")
    }
    return ends
  }

  private static func count(_ entries: [SiteEntry]) -> String {
    entries.count == 1 ? "1 report" : "\(entries.count) reports"
  }

  private func readRecord() throws(Diagnostic) -> SiteRecord {
    do { return try SiteRecord.read(in: command.output) } catch {
      throw Diagnostic(
        .cannotWrite,
        "'\(command.output)/\(SiteRecord.path)' cannot be read: which files are of an earlier site is "
          + "not known", at: nil,
        help: "remove it together with the pages of that site, or give another folder with -o")
    }
  }

  /// Writes the pages of one notebook.
  private func write(
    _ outcome: SiteReport.Outcome, of item: SiteNotebooks.Item, _ earlier: SiteRecord,
    to folder: inout SiteFolder
  ) throws(Diagnostic) -> SiteEntry {
    var entry = outcome.entry
    if let failure = outcome.failure {
      var page: String?
      if let html = outcome.html {
        try folder.write([(item.failedPage, html)])
        page = item.failedPage
      }
      entry = earlier.lastGood(item, in: command.output) ?? entry
      folder.keep([entry.page, entry.thumbnail].compactMap(\.self))
      entry.failure = .init(message: failure, page: page)
      return entry
    }
    var files: [(name: String, text: String)] = []
    if let svg = outcome.thumbnail {
      files.append((item.thumbnail, svg))
      entry.thumbnail = item.thumbnail
    }
    if let html = outcome.html { files.append((item.page, html)) }
    try folder.write(files)
    if outcome.html != nil, !command.quiet {
      command.diagnostics.tell("wrote \(command.output)/\(item.page)")
    }
    return entry
  }

  private func finish(
    _ entries: [SiteEntry], _ earlier: SiteRecord, _ folder: inout SiteFolder
  ) throws {
    // GitHub Pages would leave out what its Jekyll does not know. Whose the file is makes no difference.
    var files = [(name: ".nojekyll", text: "")]
    if let address = command.address?.text {
      files.append((Sitemap.path, Sitemap(address: address, entries: entries).text))
      files.append(
        (SiteFeed.path, SiteFeed(title: command.title, address: address, entries: entries).text))
    } else if !command.quiet {
      command.diagnostics.remark(
        "there is no sitemap and no RSS feed: they need the site's address (--url)")
    }
    let index = SiteIndex(
      title: command.title, entries: entries, hasFeed: command.address != nil)
    files.append((SiteIndex.path, try index.html()))
    try folder.write(files)
    folder.remove(earlier.files)
    let record = SiteRecord(entries: entries, files: folder.files.sorted().map(\.text))
    try folder.write([(SiteRecord.path, try record.json)])
  }
}
