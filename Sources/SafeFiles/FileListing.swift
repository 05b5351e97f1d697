#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

import InputLimits
import Paths

/// Many files that one path stands for, in the order of their paths' bytes.
public enum FileListing {
  private static let depthLimit = 64

  /// Whether a folder is at the path.
  public static func isFolder(_ path: String) -> Bool { kind(of: path) == S_IFDIR }

  /// The files in a folder and in the folders below it, as paths from there. What is hidden is passed over,
  /// and so are folders that links lead to, which may lead in circles.
  ///
  /// - Throws: `FileError` with `tooMany`.
  public static func files(
    below folder: String, where isWanted: (_ name: String) -> Bool
  ) throws(FileError) -> [String] {
    let limit = Limit.files.value
    var found: [String] = []
    var folders = [""]
    while let prefix = folders.popLast() {
      for name in DirectoryListing.names(in: folder + "/" + prefix) where !name.isHiddenName {
        let path = prefix + name
        if kind(of: "\(folder)/\(path)", followingLinks: false) == S_IFDIR {
          if path.pathParts.count <= depthLimit {
            folders.append(path + "/")
          }
        } else if isWanted(name), kind(of: "\(folder)/\(path)") == S_IFREG {
          found.append(path)
          guard found.count <= limit else { throw FileError(.tooMany(limit: limit), path: folder) }
        }
      }
    }
    return found.map(PathKey.init).sorted().map(\.text)
  }

  /// Whether the path is a pattern: has `*` or `?`, or `{a,b}`.
  public static func isPattern(_ path: String) -> Bool {
    path.utf8.contains { "*?".utf8.contains($0) } || braces(in: path) != nil
  }

  /// What a path with `{a,b}` stands for, one after another: `a` in the place of the braces, then `b`. Braces
  /// may stand in braces.
  ///
  /// - Returns: the path itself where it has none; nil where it stands for more than 1,000.
  public static func alternatives(of path: String) -> [String]? {
    var open = [path]
    var found: [String] = []
    while let next = open.popLast() {
      guard let braces = braces(in: next) else {
        found.append(next)
        continue
      }
      guard found.count + open.count + braces.choices.count <= 1000 else { return nil }
      open += braces.choices.reversed().map {
        String(next[..<braces.range.lowerBound] + $0 + next[braces.range.upperBound...])
      }
    }
    return found
  }

  /// The first braces of a path that have a comma between them, and what stands between their commas.
  private static func braces(
    in path: String
  ) -> (range: Range<String.Index>, choices: [Substring])? {
    // No file is called by a longer path.
    guard path.utf8.count <= 4096 else { return nil }
    // Opened and not closed yet, and where the choices of each begin.
    var open: [(start: String.Index, commas: [String.Index])] = []
    var found: (range: Range<String.Index>, choices: [Substring])?
    for index in path.indices {
      switch path[index] {
      case "{": open.append((index, []))
      case ",": if !open.isEmpty { open[open.count - 1].commas.append(index) }
      case "}":
        guard let (start, commas) = open.popLast(), !commas.isEmpty else { continue }
        let starts = ([start] + commas).map { path.index(after: $0) }
        let choices = zip(starts, commas + [index]).map { path[$0..<$1] }
        found = (start..<path.index(after: index), choices)
        if open.isEmpty { return found }
      default: break
      }
    }
    return found
  }

  /// The files whose paths a pattern without braces fits, as the pattern has them. `*` stands for any
  /// characters and `?` for one, neither for `/`; `**` for any folders, none too, but those that links lead to.
  /// What is hidden they do not stand for.
  ///
  /// - Parameter folder: where a pattern starts that does not begin with `/`.
  /// - Throws: `FileError` with `tooMany`.
  public static func files(
    fitting pattern: String, in folder: String
  ) throws(FileError) -> [String] {
    let limit = Limit.files.value
    let isAbsolute = pattern.isAbsolutePath
    var found = [isAbsolute ? "/" : ""]
    let parts = pattern.pathNames.map(String.init)
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      if part == "**", !isLast {
        found = try folders(in: found, pattern: pattern) { isAbsolute ? $0 : "\(folder)/\($0)" }
        continue
      }
      var next: [String] = []
      for prefix in found {
        let place = isAbsolute ? prefix : "\(folder)/\(prefix)"
        let names =
          isPattern(part)
          ? DirectoryListing.names(in: place).filter { !$0.isHiddenName && fits($0, part) }
          : [part]
        for name in names {
          guard kind(of: place + "/" + name) == (isLast ? S_IFREG : S_IFDIR) else { continue }
          next.append(prefix + name + (isLast ? "" : "/"))
          guard next.count <= limit else { throw FileError(.tooMany(limit: limit), path: pattern) }
        }
      }
      found = next
    }
    // Two `**` find some files twice.
    return Set(found.map(PathKey.init)).sorted().map(\.text)
  }

  /// These folders and all below them, as beginnings of paths.
  private static func folders(
    in start: [String], pattern: String, place: (String) -> String
  ) throws(FileError) -> [String] {
    let limit = Limit.files.value
    var found = Set(start.map(PathKey.init))
    var open = start
    while let prefix = open.popLast() {
      for name in DirectoryListing.names(in: place(prefix)) where !name.isHiddenName {
        let path = prefix + name + "/"
        guard kind(of: place(prefix) + "/" + name, followingLinks: false) == S_IFDIR,
          path.pathParts.count <= depthLimit,
          found.insert(PathKey(path)).inserted
        else { continue }
        guard found.count <= limit else { throw FileError(.tooMany(limit: limit), path: pattern) }
        open.append(path)
      }
    }
    return found.map(\.text)
  }

  /// Whether a name fits a pattern. The time is bounded by the product of their lengths.
  static func fits(_ name: String, _ pattern: String) -> Bool {
    let name = Array(name.unicodeScalars)
    let pattern = Array(pattern.unicodeScalars)
    var (place, at) = (0, 0)
    // Where the last star is, and how far its part of the name goes.
    var star: (at: Int, end: Int)?
    while place < name.count {
      if at < pattern.count, pattern[at] == "*" {
        star = (at, place)
        at += 1
      } else if at < pattern.count, pattern[at] == "?" || pattern[at] == name[place] {
        place += 1
        at += 1
      } else if let last = star {
        star = (last.at, last.end + 1)
        at = last.at + 1
        place = last.end + 1
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == "*" }
  }

  private static func kind(of path: String, followingLinks: Bool = true) -> mode_t? {
    var status = stat()
    let result = followingLinks ? stat(path, &status) : lstat(path, &status)
    return result == 0 ? status.st_mode & S_IFMT : nil
  }
}
