/// What Git leaves in place of a large file where Git LFS is not installed: a few lines that name it.
///
/// Source: Git LFS specification, section "The Pointer".
public enum GitLFSPointer {
  private static let start = Array("version https://git-lfs.github.com/spec/".utf8)

  public static func isOne(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.starts(with: start) }

  /// What a user is told.
  public static let description = "is a pointer of Git LFS, not the file itself"
  public static let help =
    "run 'git lfs pull' in its folder, or fetch the model with 'quantbook download'"
}
