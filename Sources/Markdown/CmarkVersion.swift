internal import CCmarkGFM

/// The library that reads Markdown here.
public enum CmarkVersion {
  /// Such as `0.29.0.gfm.6`, as the linked library tells it.
  public static var linked: String { String(cString: cmark_version_string()) }
}
