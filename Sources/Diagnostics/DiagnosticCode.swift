/// The number of a kind of mistake, and what it means.
public enum DiagnosticCode: String, Hashable, Sendable, CaseIterable {
  case unreadableNotebook = "QB0101"
  case unclosedCell = "QB0102"
  case reservedCharacter = "QB0103"
  case unclosedFrontMatter = "QB0104"
  case invalidYAML = "QB0105"
  case duplicateKey = "QB0106"
  case tooComplex = "QB0107"
  case invalidInclude = "QB0108"
  case invalidFormula = "QB0109"
  case forbiddenPath = "QB0110"

  case unknownCell = "QB0201"
  case unknownKey = "QB0202"
  case unknownValue = "QB0203"
  case wrongType = "QB0204"
  case missingKey = "QB0205"
  case outOfRange = "QB0206"
  case conflictingKeys = "QB0207"

  case unknownLabel = "QB0301"
  case duplicateLabel = "QB0302"
  case invalidLabel = "QB0303"
  case wrongKindOfLabel = "QB0304"
  case circularDependency = "QB0305"
  case unevaluatedCell = "QB0306"

  case expressionSyntax = "QB0401"
  case unknownField = "QB0402"
  case unknownName = "QB0403"
  case unknownFilter = "QB0404"
  case expressionType = "QB0405"
  case filterArguments = "QB0406"
  case unclosedExpression = "QB0407"
  case misplacedExpression = "QB0408"

  case missingModel = "QB0501"
  case invalidModel = "QB0502"
  case missingCorpus = "QB0503"
  case invalidCorpus = "QB0504"
  case corpusTooShort = "QB0505"
  case notEnoughMemory = "QB0506"
  case unmatchedPattern = "QB0507"
  case impossibleSetting = "QB0508"
  case quantizationFailed = "QB0509"
  case notDownloaded = "QB0510"
  case tooFewPasses = "QB0511"

  case unresolvedReference = "QB0601"
  case misplacedCaption = "QB0602"
  case unusedFootnote = "QB0603"
  case unknownCitation = "QB0604"
  case invalidBibliography = "QB0605"
  case invalidTemplate = "QB0606"
  case invalidPicture = "QB0607"
  case deadLink = "QB0608"

  case unknownParameter = "QB0701"
  case invalidParameter = "QB0702"
  case unreadableParameters = "QB0703"

  case cellFailed = "QB0801"
  case timedOut = "QB0802"
  case nonFiniteResult = "QB0810"
  case unmetExpectation = "QB0820"

  case cannotWrite = "QB0901"
  case missingResults = "QB0902"
  case invalidResults = "QB0903"
  case staleResults = "QB0904"
  case missingBrowser = "QB0905"

  /// What the mistake is and how to mend it, in a sentence or two.
  public var explanation: String {
    switch self {
    case .unreadableNotebook:
      "The notebook cannot be read as UTF-8 text: it is missing, too large, or in another encoding."
    case .unclosedCell:
      "A fence of three or more backticks or tildes was opened and never closed, so that it would "
        + "swallow the rest of the document. Close it with a line of the same characters."
    case .reservedCharacter:
      "The characters U+E000 to U+E003 mark the places of expressions and formulas while a notebook is "
        + "parsed, and "
        + "U+0000 has no place in a text; a notebook cannot hold them."
    case .unclosedFrontMatter:
      "The first line is ---, which opens the front matter; a second line --- must close it."
    case .invalidYAML:
      "The front matter or the body of a cell is not YAML. Texts with ': ' or '#' need quotes."
    case .duplicateKey:
      "A key stands twice in one mapping; only one of them could count, so neither does."
    case .tooComplex:
      "The notebook nests deeper or is larger than any written by hand; it is refused unread."
    case .invalidInclude:
      "The notebook that an include cell names is missing, or includes itself."
    case .invalidFormula:
      "A formula between dollars cannot be read: a brace is not closed, or a command is not known. "
        + "Write \\$ for a dollar that begins no formula."
    case .forbiddenPath:
      "A notebook may be a stranger's. It reads what lies in its own folder or below it, models and texts of "
        + "the Hub's cache, and what '-P', '--params' and '--allow-path FOLDER' of the command line name; no "
        + "'..', absolute path or symbolic link leads it elsewhere, and devices and pipes are never read."
    case .unknownCell:
      "The name in braces after the fence is no cell of Quantbook. A listing has no braces."
    case .unknownKey:
      "The key is none of those that this mapping may have. Keys are never ignored."
    case .unknownValue: "The value is none of those that this key may have."
    case .wrongType: "The value has the wrong type: text for a number, a list for one name."
    case .missingKey: "A key that this cell cannot do without is missing."
    case .outOfRange: "The number is below the smallest or above the largest value allowed."
    case .conflictingKeys: "Two keys of this cell contradict each other, or one needs another."
    case .unknownLabel: "A cell is named that no cell of the notebook is labelled with."
    case .duplicateLabel: "A label names one cell only; this one is taken."
    case .invalidLabel:
      "A label starts with a letter and goes on with letters, digits and hyphens; the words of "
        + "expressions, such as 'not' and 'params', are none."
    case .wrongKindOfLabel: "The label names a cell of another kind than this key needs."
    case .circularDependency: "Cells need each other's results in a circle, so none can be first."
    case .unevaluatedCell:
      "The value of a cell is needed that 'eval: false' keeps from running, so that there is none."
    case .expressionSyntax: "The expression between {{ and }} cannot be read."
    case .unknownField: "The value before the dot has no field of this name."
    case .unknownName:
      "An expression begins with the label of a cell (with _ for -), a name that an evaluate cell "
        + "publishes with 'as:', or 'params'."
    case .unknownFilter: "The name after | is no filter."
    case .expressionType: "The operation does not fit the values it is given."
    case .filterArguments: "A filter got arguments of the wrong number or type."
    case .unclosedExpression:
      "An expression that is opened with {{ must be closed with }} on the same line. "
        + "Write \\{{ for the two characters themselves."
    case .misplacedExpression:
      "In raw HTML an expression stands in text, or between the quotes of an attribute. In names, scripts "
        + "and styles nothing can be filled in safely."
    case .missingModel: "No model is found under this name or path."
    case .invalidModel: "The model's files are damaged, incomplete or of an unknown kind."
    case .missingCorpus: "No text is found under this name or path."
    case .invalidCorpus: "The text cannot be read, is not UTF-8, or is damaged."
    case .corpusTooShort: "The text has fewer tokens than the evaluation needs."
    case .notEnoughMemory: "This machine has not the memory that the model needs."
    case .unmatchedPattern:
      "A pattern that matches no tensor of the model is a mistake: what was meant to be quantized "
        + "would silently not be."
    case .impossibleSetting: "The setting cannot be met by this model or text."
    case .quantizationFailed: "A tensor cannot be quantized, for the reason given."
    case .notDownloaded:
      "The model is named as the Hugging Face Hub has it, its files are not all in the Hub's cache on this "
        + "machine, and nothing may be fetched: --offline, HF_HUB_OFFLINE, or a command that computes "
        + "nothing. 'quantbook download' fetches them. No few lines of a notebook show it."
    case .tooFewPasses:
      "A table is to show the range of a time that is measured in so few passes that it has none. Time more "
        + "passes, or leave 'spread' out. This is a warning."
    case .unresolvedReference:
      "A cross reference names no table, figure or section, or a footnote is defined nowhere."
    case .misplacedCaption:
      "A table's label starts with tbl- and its caption is tbl-cap; a figure's with fig- and "
        + "fig-cap. A section's label starts with sec-, or with none of the three."
    case .unusedFootnote:
      "A footnote is defined that nothing refers to; Markdown leaves it out. This is a warning."
    case .unknownCitation:
      "A work is cited that neither 'references:' nor a file of 'bibliography:' describes."
    case .invalidBibliography:
      "The bibliography is missing, or is not BibTeX."
    case .invalidTemplate:
      "A file that 'format: html:' names is missing, or is no Mustache template. A template may use title, "
        + "heading, subtitle, byline, authors, date, language, theme, abstract, summary, description, contents, body, provenance (with facts), "
        + "citation, site, style, script and policy, which it must hold."
    case .invalidPicture:
      "A picture is missing or on another machine, is larger than 4 MiB (16 MiB for all) or 100 million "
        + "pixels, or is none of PNG, JPEG, GIF, WebP and SVG."
    case .deadLink:
      "A link [text](#name) leads to no heading, table, figure or element of the report. This is a "
        + "warning."
    case .unknownParameter: "The notebook's front matter declares no parameter of this name."
    case .invalidParameter: "The value given does not fit the type that the parameter declares."
    case .unreadableParameters:
      "The file given with --params cannot be read as UTF-8 text: it is missing or too large."
    case .cellFailed:
      "A cell could not be computed, for the reason given: a model's files that do not fit each other, or "
        + "a computation that this machine cannot hold. No few lines of a notebook show it."
    case .timedOut:
      "A cell took longer than its timeout, the notebook's or that of the command line. What was done "
        + "before is kept."
    case .nonFiniteResult:
      "A perplexity is infinite or undefined, and the cell says 'overflow: fail'. With "
        + "'overflow: report' it is shown as ∞ with its cause."
    case .unmetExpectation:
      "A condition of an expect cell does not hold. The report is written and shows it; the command "
        + "ends with status 3."
    case .cannotWrite: "The report could not be written. Earlier files are left as they were."
    case .missingResults:
      "There is no results file where one is needed; a run writes it as NAME.results.json."
    case .invalidResults:
      "The file is no results file of Quantbook's, is damaged, or was written by a later version."
    case .staleResults:
      "A committed result is not what the notebook would give now, so it is not rendered as if it were."
    case .missingBrowser:
      "Chromium prints the PDF, and none is found. Install chromium or google-chrome, or name "
        + "it in the environment variable CHROMIUM. No few lines of a notebook show it."
    }
  }

  /// Whether notebooks run in spite of it.
  public var isWarning: Bool {
    self == .unusedFootnote || self == .deadLink || self == .tooFewPasses
  }

  /// Whether the mistake is that something to be read, or memory for it, is absent, rather than wrong.
  public var isMissingResource: Bool {
    self == .missingModel || self == .notDownloaded || self == .missingCorpus
      || self == .notEnoughMemory
      || self == .missingBrowser
  }
}
