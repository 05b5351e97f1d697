private import Diagnostics
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

  /// Names within those that stand for several: `facts` and `site`.
  private static let innerNames = [".", "address", "feed", "home", "name", "value"]

  private let template: MustacheTemplate

  /// A template of an author, which may use no other names and has to hold the page's policy.
  ///
  /// - Throws: why `text` is no template.
  public init(checking text: String) throws(PageTemplateError) {
    try self.init(text)
    var names: Set<Substring> = []
    for match in text.matches(of: /\{\{[{#^\/&]?\s*([^\s{}]+)\s*\}?\}\}/) {
      let name = match.output.1
      names.insert(name)
      let known = Self.names + Self.innerNames
      guard !known.contains(String(name)), !name.hasPrefix("!"), !name.hasPrefix(">") else {
        continue
      }
      let near = nearestNames(to: String(name), among: Self.names).first
      let before = text[..<name.startIndex]
      let line = before.utf8.count { $0 == UInt8(ascii: "\n") } + 1
      let lineStart = before.lastIndex(where: \.isNewline).map { text.index(after: $0) }
      throw PageTemplateError(
        message: "a template has no '\(name)'", line: line,
        column: text.utf8.distance(from: lineStart ?? text.startIndex, to: name.startIndex) + 1,
        help: near.map { "did you mean '\($0)'?" }
          ?? "known: " + Self.names.joined(separator: ", "))
    }
    guard names.contains("policy") else {
      throw PageTemplateError(
        message: "the template leaves out the page's security policy", line: 1, column: 1,
        help: Self.policyHelp)
    }
    guard text.prefixMatch(of: Self.guardedStart) != nil else {
      throw PageTemplateError(
        message: "the page's security policy holds for what follows it, so it comes first", line: 1,
        column: 1, help: Self.policyHelp)
    }
    if let refresh = text.firstMatch(of: Self.refresh) {
      let line = text[..<refresh.range.lowerBound].utf8.count { $0 == UInt8(ascii: "\n") } + 1
      throw PageTemplateError(
        message: "a template leads nobody elsewhere: 'refresh' has no place in it", line: line,
        column: 1)
    }
  }

  private static let policyHelp =
    "put <meta http-equiv=\"Content-Security-Policy\" content=\"{{{policy}}}\"> at the start of its head"

  /// Nothing that runs or fetches stands before the policy: at most the beginning of a document, its
  /// language, and harmless `meta` elements.
  private static var guardedStart: Regex<Substring> {
    /(?i)\s*(?:<!DOCTYPE\s+html>\s*)?(?:<html(?:\s+(?:lang|class|dir|data-[a-z]+)="[^"<>]*")*\s*>\s*)?(?:<head>\s*)?(?:<meta(?:\s+(?:charset|name|content)="[^"<>]*")+\s*\/?>\s*)*<meta\s+http-equiv="Content-Security-Policy"\s+content="\{\{\{\s*policy\s*\}\}\}"\s*\/?>/
  }

  private static var refresh: Regex<Substring> { /(?i)http-equiv\s*=\s*["']?\s*refresh/ }

  /// - Throws: why `text` is no template.
  init(_ text: String) throws(PageTemplateError) {
    do {
      template = try MustacheTemplate(string: Self.pragma + text)
    } catch let error as MustacheTemplate.ParserError {
      throw PageTemplateError(
        message: "this is no Mustache template: \(Self.text(of: error.error))",
        line: error.context.lineNumber,
        column: error.context.columnNumber
          - (error.context.lineNumber == 1 ? Self.pragma.count : 0))
    } catch {
      throw PageTemplateError(message: "\(error)", line: 1, column: 1)
    }
  }

  /// Has texts escaped by our own rules.
  private static let pragma: String = {
    MustacheContentTypes.register(EscapedText(), named: "quantbook")
    return "{{% CONTENT_TYPE:quantbook}}"
  }()

  /// Mustache's own escapes look at whole characters, and pass over a quote that a mark combines with.
  private struct EscapedText: MustacheContentType {
    func escapeText(_ text: String) -> String { Escaping.attribute(text) }
  }

  private static func text(of error: any Error) -> String {
    switch "\(error)" {
    case "overflow": "it ends within a tag"
    case let other: other
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
  public var help: String?
}
