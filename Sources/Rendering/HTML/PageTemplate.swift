private import Mustache

/// The frame of a page, in Mustache: what stands around a report's text.
///
/// A template gets texts, which it escapes with `{{ }}`, and HTML that is made already, for `{{{ }}}`.
public struct PageTemplate: Sendable {
  /// Names that a template may use. `heading`, `subtitle`, `abstract`, `contents` and `body` are HTML.
  public static let names = [
    "abstract", "authors", "body", "byline", "citation", "contents", "date", "description", "facts",
    "heading", "language", "policy", "provenance", "script", "site", "style", "subtitle", "summary",
    "theme",
    "title",
  ]

  private let template: MustacheTemplate

  /// - Throws: why `text` is no template.
  public init(_ text: String) throws(PageTemplateError) {
    do {
      template = try MustacheTemplate(string: text)
    } catch let error as MustacheTemplate.ParserError {
      throw PageTemplateError(
        message: "\(error.error)", line: error.context.lineNumber,
        column: error.context.columnNumber)
    } catch {
      throw PageTemplateError(message: "\(error)", line: 1, column: 1)
    }
  }

  /// The template that ships.
  static func standard() throws(PageTemplateError) -> Self {
    try Self(text(PackageResources.Page_mustache))
  }

  func render(_ values: [String: Any]) -> String { template.render(values) }

  static func text(_ resource: [UInt8]) -> String { String(decoding: resource, as: UTF8.self) }
}

/// Why a page's template cannot be read.
public struct PageTemplateError: Error, Hashable, Sendable {
  public var message: String
  /// From 1.
  public var line: Int
  public var column: Int
}
