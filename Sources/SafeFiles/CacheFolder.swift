#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

import Paths

/// The folder that keeps what was computed, for the next run.
public enum CacheFolder {
  /// The path of the user's cache folder, which is made, for this user alone, if it is absent; nil
  /// where none can be made: nothing is kept then.
  ///
  /// `QUANTBOOK_CACHE`, else `quantbook` below `XDG_CACHE_HOME`, else below `~/.cache`, on macOS below
  /// `~/Library/Caches`. Source: XDG Base Directory Specification 0.8.
  ///
  /// - Parameter variable: gives the variables of the environment.
  public static func path(
    variable: (String) -> String? = CacheFolder.environmentVariable
  ) -> String? {
    guard let path = location(variable) else { return nil }
    do throws(FileError) { try AtomicWrite.makeDirectory(path, mode: 0o700) } catch { return nil }
    return path
  }

  private static func location(_ variable: (String) -> String?) -> String? {
    /// An empty variable counts as none.
    func value(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
    if let folder = value("QUANTBOOK_CACHE") { return folder }
    // The specification has relative paths ignored.
    if let base = value("XDG_CACHE_HOME"), base.isAbsolutePath { return base + "/quantbook" }
    guard let home = value("HOME"), home.isAbsolutePath else { return nil }
    #if os(macOS)
      return home + "/Library/Caches/quantbook"
    #else
      return home + "/.cache/quantbook"
    #endif
  }

  /// A variable of the process's environment.
  public static func environmentVariable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
