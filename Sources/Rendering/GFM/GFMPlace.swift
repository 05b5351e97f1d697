/// Where a text of GitHub's Markdown will stand, which decides where its pictures and notes can be.
enum GFMPlace {
  /// Charts and pictures are files beside it.
  case folder
  /// There is no place for files: charts are given as their data.
  case text
  /// Pictures are attached, and notes are links, since each cell is read by itself.
  case jupyterCell
}
