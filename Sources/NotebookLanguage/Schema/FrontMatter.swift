import Diagnostics

/// The YAML between `---` lines at the head of a notebook.
public struct FrontMatter: SchemaRecord {
  public static var keys: [SchemaKey<Self>] {
    [
      .optional("title", \.title, help: "Title of the report."),
      .optional("subtitle", \.subtitle, help: "A second line under the title."),
      .optional("author", \.authors, help: "Author, or a list of them."),
      .optional("date", \.date, help: "Date of the report."),
      .optional("abstract", \.abstract, help: "What the report found; Markdown of one paragraph."),
      .optional("description", \.summary, help: "What the report is about, in a sentence or two."),
      .optional("url", \.url, help: "Where the report is published, for its citation."),
      .optional("lang", \.language, help: "Language of the text, such as en."),
      .optional("params", \.parameters, help: "Parameters with their defaults."),
      .optional("references", \.references, help: "Works that [@id] cites."),
      .optional(
        "bibliography", \.bibliography, help: "A file of such works in BibTeX, or a list of them."),
      .optional("execute", \.execute, help: "Defaults for the #| lines of all cells."),
      .optional("format", \.format, help: "Options of the outputs."),
    ]
  }
  /// A front matter as one might write it, its two lines `---` included.
  public static let example = """
    ---
    title: "Quantization of {{ base.name }}"
    author: A. Author
    params:
      model: starter
      stride: {default: 512, type: int, min: 1, help: Tokens between two windows' starts.}
    execute: {echo: false}
    format:
      html: {toc: true, theme: auto}
      md: {table-header: flat}
    ---
    """
  public static var keyAliases: [String: String] {
    [
      "authors": "author", "parameters": "params", "language": "lang", "summary": "description",
    ]
  }

  public var title: Template?
  public var subtitle: Template?
  public var abstract: Template?
  public var url: Template?
  public var references: [Reference] = []
  /// Paths relative to the notebook's folder.
  public var bibliography: [Spanned<String>] = []
  public var authors: [Template] = []
  public var date: Template?
  /// `description:`
  public var summary: Template?
  public var language = "en"
  public var parameters = ParameterList()
  public var execute = ExecuteDefaults()
  public var format = FormatOptions()

  public init() {}
}

/// `format:` — options by output.
public struct FormatOptions: SchemaRecord {
  public static var keys: [SchemaKey<Self>] {
    [
      .optional("html", \.html, help: "Options of the HTML report."),
      .optional("md", \.markdown, help: "Options of the Markdown report."),
    ]
  }

  public var html = HTML()
  public var markdown = Markdown()

  public init() {}

  public struct HTML: SchemaRecord {
    public static var keys: [SchemaKey<Self>] {
      [
        .optional("toc", \.tableOfContents, help: "Whether to show a table of contents."),
        .optional("theme", \.theme, help: "auto, light or dark."),
        .optional(
          "css", \.css,
          help: "A file of your own style, after the page's; its variables set colours."),
        .optional("template", \.template, help: "A frame for the page, a file in Mustache."),
      ]
    }

    public var tableOfContents = true
    public var theme = Report.Options.Theme.auto
    /// Paths relative to the notebook's folder.
    public var css: Spanned<String>?
    public var template: Spanned<String>?

    public init() {}
  }

  public struct Markdown: SchemaRecord {
    public static var keys: [SchemaKey<Self>] {
      [.optional("table-header", \.tableHeader, help: "flat, or html for spanning headers.")]
    }

    public var tableHeader = Report.Options.TableHeader.flat

    public init() {}
  }
}

extension Report.Options.Theme: SchemaChoice {
  public static var allCases: [Self] { [.auto, .light, .dark] }
  public static var subject: String { "theme" }
}

extension Report.Options.TableHeader: SchemaChoice {
  public static var allCases: [Self] { [.flat, .html] }
  public static var subject: String { "table header" }
}
