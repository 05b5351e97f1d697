import Diagnostics
import Foundation
import GPT2
import Hub
import StarterModel

extension DoctorSection {
  /// Where models come from.
  static var models: Self {
    var section = Self("models")
    let starter = StarterModel.directory.path
    section.add("starter", DoctorPath.shown(starter))
    do { _ = try GPT2Config(path: starter + "/config.json") } catch {
      section.fail(
        "the model that ships is not where it should be, in \(DoctorPath.shown(starter))",
        help: "install Quantbook again, with share/quantbook beside bin, or build it again")
    }
    section.addHub()
    section.add("proxies", proxies, none: "not set")
    do throws(Diagnostic) {
      section.add("chromium", DoctorPath.shown(try PDFPrinter().browser))
    } catch {
      section.add("chromium", "not found; needed for PDF alone")
      if !(ProcessInfo.processInfo.environment["CHROMIUM"] ?? "").isEmpty {
        section.fail(
          "CHROMIUM names no program", help: "unset it, or give it the path of a Chromium")
      }
    }
    return section
  }

  private mutating func addHub() {
    do {
      let settings = try HubSettings()
      let contents = HubCacheContents(of: settings)
      add("hub cache", DoctorPath.shown(settings.cacheFolder))
      add("models in it", contents.models)
      add("data sets in it", contents.datasets)
      add("size", bytes: contents.bytes)
      add("endpoint", settings.origin ?? "none")
      add("offline", settings.isOffline)
      add("token", settings.token != nil)
      if !canWrite(settings.cacheFolder) {
        fail(
          "nothing can be fetched into \(DoctorPath.shown(settings.cacheFolder))",
          help: "see that the folder is yours (ls -la), or name another in HF_HUB_CACHE")
      }
    } catch {
      fail(error.description, help: error.help ?? "unset the variable")
    }
  }

  /// Whether the folder, or the nearest that there is above it, can be written to.
  private func canWrite(_ folder: String) -> Bool {
    var url = URL(fileURLWithPath: folder)
    while !FileManager.default.fileExists(atPath: url.path), url.path != "/" {
      url.deleteLastPathComponent()
    }
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      && isFolder.boolValue && FileManager.default.isWritableFile(atPath: url.path)
  }

  /// The variables of proxies that are set; not what is in them.
  private static var proxies: [String] {
    let environment = ProcessInfo.processInfo.environment
    return ["https_proxy", "http_proxy", "all_proxy", "no_proxy"].flatMap { [$0, $0.uppercased()] }
      .filter { !(environment[$0] ?? "").isEmpty }
  }
}
