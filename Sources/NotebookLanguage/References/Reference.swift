public import Diagnostics
import Markdown

/// A work that the report cites: an entry of `references:`, or of a file in BibTeX.
///
/// Reference: the keys are those of CSL-YAML, as Pandoc and Quarto read them.
public struct Reference: SchemaRecord {
  public static var keys: [SchemaKey<Self>] {
    [
      .required("id", \.identifier, help: "What [@id] cites it by."),
      .optional("type", \.kind, help: "Such as article-journal; kept for your own order."),
      .required("title", \.title, help: "Its title."),
      .optional(
        "author", \.authors, help: "Author, or a list of them: texts, or family and given."),
      .optional("issued", \.year, help: "Its year or date."),
      .optional("container-title", \.container, help: "The journal, book or proceedings it is in."),
      .optional("publisher", \.publisher, help: "Its publisher."),
      .optional("volume", \.volume, help: "Volume of the journal."),
      .optional("issue", \.issue, help: "Issue of the volume."),
      .optional("page", \.pages, help: "Pages, such as 1–12."),
      .optional("DOI", \.doi, help: "Its digital object identifier."),
      .optional("URL", \.url, help: "Where it can be read."),
    ]
  }
  public static var keyAliases: [String: String] {
    [
      "key": "id", "year": "issued", "date": "issued", "authors": "author",
      "journal": "container-title",
      "booktitle": "container-title", "pages": "page", "number": "issue", "doi": "DOI",
      "url": "URL",
    ]
  }

  public var identifier = Spanned("")
  public var kind = ""
  public var title = ""
  public var authors: [Name] = []
  public var year = Year()
  public var container = ""
  public var publisher = ""
  public var volume = ""
  public var issue = ""
  public var pages = ""
  public var doi = ""
  public var url = ""

  public init() {}

  /// A person, or an institution of one name.
  public struct Name: Hashable, SchemaValue {
    public var family: String
    public var given: String

    public init(family: String, given: String = "") {
      self.family = family
      self.given = given
    }

    /// `Tim Dettmers` or `Dettmers, Tim`.
    public init(_ text: String) {
      let parts = text.split(separator: ",", maxSplits: 1).map(\.trimmingSpace)
      if parts.count == 2 {
        self.init(family: parts[0], given: parts[1])
        return
      }
      var words = text.split { $0.isWhitespace }.map(String.init)
      let last = words.popLast() ?? ""
      // Particles belong to the family name: van der Berg.
      var family = [last]
      while let word = words.last, word.first?.isLowercase == true {
        family.insert(word, at: 0)
        words.removeLast()
      }
      self.init(family: family.joined(separator: " "), given: words.joined(separator: " "))
    }

    public static var typeName: String { "a name, or family and given" }
    public static var form: SchemaForm { .anyOf([.text, .map(.text)]) }

    public static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
      if let text = node.scalar, !node.isNull { return Self(text) }
      guard case .mapping(let pairs) = node.content else {
        diagnostics.append(mismatch(node))
        return nil
      }
      var name = Self(family: "")
      for pair in pairs {
        let value = pair.value.scalar ?? ""
        switch pair.key.scalar {
        case "family", "literal": name.family = value
        case "given": name.given = value
        default:
          diagnostics.append(
            .unknown(
              "key", pair.key.scalar ?? "", among: ["family", "given", "literal"], .unknownKey,
              at: pair.key.span))
          return nil
        }
      }
      return name
    }
  }

  /// The year of a date in any of the ways that bibliographies write it.
  public struct Year: Hashable, SchemaValue {
    public var text = ""

    public init(_ text: String = "") {
      self.text = text.split { !$0.isNumber }.first { $0.count == 4 }.map(String.init) ?? text
    }

    public static var typeName: String { "a year or a date" }
    public static var form: SchemaForm { .anyOf([.text, .any]) }
    public var documented: Value? { text.isEmpty ? nil : .text(text) }

    public static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
      if let text = node.scalar, !node.isNull { return Self(text) }
      // CSL-YAML: `issued: {year: 2023, month: 5}`, or a list of one such.
      if case .sequence(let entries) = node.content, entries.count == 1 {
        return decode(entries[0], &diagnostics)
      }
      if case .mapping(let pairs) = node.content,
        let year = pairs.first(where: { $0.key.scalar == "year" })?.value.scalar
      {
        return Self(year)
      }
      diagnostics.append(mismatch(node))
      return nil
    }
  }
}
