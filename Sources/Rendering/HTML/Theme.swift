/// The style of every report, from `Theme.css`.
enum Theme {
  static let css = String(decoding: PackageResources.Theme_css, as: UTF8.self)
}
