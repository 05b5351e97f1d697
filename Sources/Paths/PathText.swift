/// Paths as the system reads them: bytes, with `/` between names.
///
/// Swift compares texts by what they look like: `é` is the same as `e` with an accent after it, and `/` with an
/// accent after it is one character that is no `/`. To the system they are two names, and a `/`. Who judges
/// where a path from outside leads, or tells files apart by their names, does it by these.
extension StringProtocol where SubSequence == Substring, UTF8View: BidirectionalCollection {
  /// Whether the path starts at the root, wherever it is used.
  public var isAbsolutePath: Bool { utf8.first == slash }

  public var endsWithSlash: Bool { utf8.last == slash }

  /// Whether listings pass the name over.
  public var isHiddenName: Bool { utf8.first == UInt8(ascii: ".") }

  /// The names between the slashes; empty ones too, as before the first slash of an absolute path.
  public var pathParts: [Substring] {
    utf8.split(separator: slash, omittingEmptySubsequences: false).map {
      self[$0.startIndex..<$0.endIndex]
    }
  }

  /// The names between the slashes, without empty ones.
  public var pathNames: [Substring] { pathParts.filter { !$0.utf8.isEmpty } }

  /// What stands before the last slash; nil where there is none.
  public var beforeLastSlash: Substring? {
    utf8.lastIndex(of: slash).map { self[startIndex..<$0] }
  }

  /// What stands after the last slash; all where there is none.
  public var afterLastSlash: Substring {
    guard let last = utf8.lastIndex(of: slash) else { return self[...] }
    return self[utf8.index(after: last)...]
  }

  /// Whether both are the same bytes.
  public func isSamePath(as other: some StringProtocol) -> Bool {
    utf8.elementsEqual(other.utf8)
  }

  /// What follows `folder` and a slash; nil where the path does not lie below it. Both are without `..` and
  /// doubled slashes; the folder may end with slashes.
  public func path(below folder: String) -> Substring? {
    var folder = folder.utf8[...]
    while folder.last == slash { folder = folder.dropLast() }
    guard utf8.starts(with: folder) else { return nil }
    let rest = utf8.dropFirst(folder.count)
    guard rest.first == slash else { return nil }
    return self[utf8.index(after: rest.startIndex)...]
  }

  /// Whether the path is the folder or lies below it; both as for ``path(below:)``.
  public func isPath(atOrBelow folder: String) -> Bool {
    isSamePath(as: folder) || path(below: folder) != nil
  }
}

extension String {
  /// The path as seen from where `folder` is: an absolute one stays.
  public func path(from folder: String) -> String {
    isAbsolutePath ? self : folder.endsWithSlash ? folder + self : "\(folder)/\(self)"
  }
}

private let slash = UInt8(ascii: "/")
