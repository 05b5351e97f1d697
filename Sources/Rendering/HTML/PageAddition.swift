/// What a live preview adds to a page, which it alone lets talk to its server.
public struct PageAddition: Sendable {
  public var style: String
  /// Runs before the page's own script, which starts again at the event `quantbook:patched`.
  public var script: String

  public init(style: String, script: String) {
    self.style = style
    self.script = script
  }
}
