/// What is bounded of the input, so that a hostile notebook, file or answer can fill neither memory nor time.
///
/// Every bound is far beyond what an honest user meets. `quantbook list limits` and docs/limits.md show them all.
public enum Limit: String, CaseIterable, Sendable {
  // Notebooks.
  case notebookBytes = "notebook-bytes"
  case includeDepth = "include-depth"
  case includes
  case yamlBytes = "yaml-bytes"
  case yamlDepth = "yaml-depth"
  case yamlEntries = "yaml-entries"
  case yamlKeys = "yaml-keys"
  case markdownDepth = "markdown-depth"
  case markdownMarks = "markdown-marks"
  case markdownWork = "markdown-work"
  case tableColumns = "table-columns"
  case tableCells = "table-cells"
  case formulaLength = "formula-length"
  case formulaDepth = "formula-depth"
  case formulas
  case expressionBytes = "expression-bytes"
  case expressionWords = "expression-words"
  case expressionDepth = "expression-depth"
  case expressions
  case listEntries = "list-entries"
  case sweepCombinations = "sweep-combinations"
  case plotPoints = "plot-points"
  case references
  case footnotes
  case links
  case headings
  case bibliographyEntries = "bibliography-entries"
  case pictures
  case pictureBytes = "picture-bytes"
  case picturesBytes = "pictures-bytes"
  case picturePixels = "picture-pixels"
  case siteNotebooks = "site-notebooks"
  // Texts, results, settings.
  case files
  case corpusBytes = "corpus-bytes"
  case columnBytes = "column-bytes"
  case parquetFooterBytes = "parquet-footer-bytes"
  case resultsBytes = "results-bytes"
  case configurationBytes = "configuration-bytes"
  case jsonDepth = "json-depth"
  // Models.
  case memoryBytes = "memory-bytes"
  case weightsBytes = "weights-bytes"
  case tensors
  case safetensorsHeaderBytes = "safetensors-header-bytes"
  case ggufHeaderBytes = "gguf-header-bytes"
  case ggufSettings = "gguf-settings"
  case shardIndexBytes = "shard-index-bytes"
  case vocabularyBytes = "vocabulary-bytes"
  case vocabulary
  case contextLength = "context-length"
  case width
  case innerWidth = "inner-width"
  case layers
  case heads
  case patternLength = "pattern-length"
  case patternDepth = "pattern-depth"
  // The Hub.
  case hubListBytes = "hub-list-bytes"
  case hubFileBytes = "hub-file-bytes"
  case hubModelBytes = "hub-model-bytes"
  // The preview.
  case previewConnections = "preview-connections"
  case previewReaders = "preview-readers"
  case previewTargetBytes = "preview-target-bytes"
  case previewHeaders = "preview-headers"
  case previewHeaderBytes = "preview-header-bytes"
  case previewBodyBytes = "preview-body-bytes"

  /// As flags and messages call it.
  public var name: String { rawValue }

  /// The bound where nobody says otherwise, in `unit`.
  public var usual: Int { facts.usual }

  /// The highest that it can be set to: where a parser nests, what its stack holds for sure.
  public var most: Int { facts.most }

  /// The lowest that it can be set to: 1 where nothing would be left to do otherwise, as a model of no width.
  public var lowest: Int { facts.lowest }

  public enum Unit: String, Sendable {
    case bytes, levels
    /// Of what the limit is called by.
    case count = ""
  }

  public var unit: Unit { facts.unit }

  /// What is bounded and what holds beyond it, a sentence.
  public var summary: String { facts.summary }

  /// The bound that holds now, in `unit`.
  public var value: Int { Limits.current[self] }

  /// `usual` for people.
  public var usualText: String {
    self == .memoryBytes ? "what is available" : text(of: usual)
  }

  /// `value` in running text: `16 MiB`.
  public var valueText: String {
    unit == .bytes ? ByteCount(bytes: value).text(unitAfter: " ") : "\(value)"
  }

  /// How it is raised, for messages: `--limit yaml-depth=128 allows more`.
  public var cure: String {
    value < most
      ? "--limit \(name)=\(text(of: min(most, max(value, 1) * 2))) allows more"
      : "the limit \(name) can be set no higher"
  }

  /// How it is raised so that `needed` fits, or that it cannot be.
  public func cure(for needed: some BinaryInteger) -> String {
    guard needed <= most else {
      return "the limit \(name) can be set no higher than \(text(of: most))"
    }
    var raised = max(value, 1)
    while raised < needed { raised = min(most, raised * 2) }
    return "--limit \(name)=\(text(of: raised)) allows it"
  }

  /// A bound of this kind as people write it: `16MiB` for bytes.
  public func text(of value: Int) -> String {
    unit == .bytes ? ByteCount(bytes: value).text : "\(value)"
  }
}

extension Limit {
  private struct Facts {
    var usual: Int
    var lowest = 0
    var most: Int
    var unit: Unit
    var summary: String
  }

  private static func bytes(_ usual: Int, most: Int = 1 << 50, _ summary: String) -> Facts {
    Facts(usual: usual, most: most, unit: .bytes, summary: summary)
  }

  private static func count(
    _ usual: Int, lowest: Int = 0, most: Int = 1 << 40, _ summary: String
  ) -> Facts {
    Facts(usual: usual, lowest: lowest, most: most, unit: .count, summary: summary)
  }

  private static func depth(_ usual: Int, most: Int, _ summary: String) -> Facts {
    Facts(usual: usual, most: most, unit: .levels, summary: summary)
  }

  /// A size of a model: products of sizes up to these are representable, and kernels count so far.
  private static func size(_ usual: Int, _ summary: String) -> Facts {
    count(usual, lowest: 1, most: usual, summary)
  }

  private var facts: Facts {
    switch self {
    // cmark counts in 32 bits.
    case .notebookBytes:
      Self.bytes(16 << 20, most: 1 << 29, "A notebook with all that it includes.")
    case .includeDepth: Self.depth(8, most: 32, "Notebooks that include each other.")
    case .includes: Self.count(100, "Notebooks that one includes, each time counted.")
    case .yamlBytes: Self.bytes(1 << 20, "The YAML of a front matter or of a cell.")
    case .yamlDepth: Self.depth(64, most: 256, "YAML nested in YAML; aliases are never read.")
    case .yamlEntries: Self.count(50_000, "Values in one YAML text.")
    case .yamlKeys: Self.count(2000, "Keys of one YAML mapping.")
    case .markdownDepth: Self.depth(256, most: 512, "Blocks and spans of Markdown in each other.")
    case .markdownMarks:
      Self.count(3_000_000, "Lines and characters that may begin markup: each may take a node.")
    case .markdownWork:
      Self.count(
        10_000_000_000, most: 1 << 50,
        "Steps that the Markdown parser may take where its time grows with the square of a paragraph."
      )
    case .tableColumns: Self.count(1000, most: 10_000, "Columns of a Markdown table.")
    case .tableCells:
      Self.count(
        1_000_000, "Cells of a notebook's Markdown tables, and of a table that a cell makes.")
    case .formulaLength: Self.count(20_000, "Bytes of one formula; dollars further apart are text.")
    case .formulaDepth: Self.depth(60, most: 120, "Groups of a formula in each other.")
    case .formulas: Self.count(20_000, "Lines of formulas; dollars after them are text.")
    case .expressionBytes: Self.count(4096, most: 1 << 20, "Bytes of one expression.")
    case .expressionWords:
      Self.count(400, most: 2000, "Words of one expression; they bound the depth of its tree.")
    case .expressionDepth: Self.depth(64, most: 256, "Brackets of an expression in each other.")
    case .expressions: Self.count(20_000, "Expressions in one file.")
    case .listEntries: Self.count(1000, "Entries of a parameter that is a list.")
    case .sweepCombinations:
      Self.count(256, most: 1 << 16, "Values of a sweep's key, and combinations of all.")
    case .plotPoints: Self.count(1_000_000, "Points of one chart.")
    case .references:
      Self.count(
        20_000, "References to tables, figures, sections and works; further ones are text.")
    case .footnotes: Self.count(1000, "Footnotes whose labels are looked up.")
    case .links: Self.count(1000, "Links to places of the page that are looked up.")
    case .headings: Self.count(2000, "Headings that links are looked up among.")
    case .bibliographyEntries: Self.count(20_000, "Entries of a bibliography.")
    case .pictures: Self.count(1000, "Pictures that are looked up.")
    case .pictureBytes: Self.bytes(4 << 20, "A picture.")
    case .picturesBytes: Self.bytes(16 << 20, "All pictures of a notebook together.")
    case .picturePixels: Self.count(100_000_000, "Pixels of a picture.")
    case .siteNotebooks: Self.count(10_000, "Notebooks and folders in one site.")
    case .files: Self.count(100_000, "Files that one path stands for.")
    case .corpusBytes: Self.bytes(1 << 30, "A text to evaluate on, decompressed.")
    case .columnBytes: Self.bytes(1 << 30, "A column of a Parquet file, decompressed.")
    case .parquetFooterBytes: Self.bytes(16 << 20, "The footer of a Parquet file.")
    case .resultsBytes: Self.bytes(256 << 20, "A results file.")
    case .configurationBytes:
      Self.bytes(4 << 20, "config.json, a file of parameters, and their like.")
    case .jsonDepth: Self.depth(64, most: 512, "Arrays and objects of JSON in each other.")
    case .memoryBytes:
      Self.bytes(
        1 << 50,
        "What a model, quantizing or an evaluation may add to memory; unless set, what is available."
      )
    case .weightsBytes: Self.bytes(1 << 40, "A file of weights, which is mapped and not read.")
    case .tensors: Self.count(1 << 20, "Tensors in one file.")
    case .safetensorsHeaderBytes:
      Self.bytes(100_000_000, "The JSON header of a safetensors file, as in the safetensors crate.")
    case .ggufHeaderBytes:
      Self.bytes(256 << 20, "Settings, vocabulary and names of tensors of a GGUF file.")
    case .ggufSettings: Self.count(1 << 16, "Settings of a GGUF file.")
    case .shardIndexBytes: Self.bytes(64 << 20, "The index of a model in several files.")
    case .vocabularyBytes: Self.bytes(256 << 20, "vocab.json, merges.txt, tokenizer.json.")
    case .vocabulary: Self.size(1 << 22, "Tokens of a model's vocabulary.")
    case .contextLength: Self.size(1 << 20, "Positions of a model.")
    case .width: Self.size(1 << 15, "A model's width.")
    case .innerWidth: Self.size(1 << 17, "The width of a model's inner layers.")
    case .layers: Self.size(1024, "Layers of a model.")
    case .heads: Self.size(1 << 12, "Heads of a layer's attention.")
    case .patternLength:
      Self.count(4096, "Characters of an expression by which a tokenizer splits.")
    case .patternDepth: Self.depth(32, most: 128, "Groups of such an expression in each other.")
    case .hubListBytes: Self.bytes(64 << 20, "What the Hub answers about a repository.")
    case .hubFileBytes: Self.bytes(256 << 30, "A file from the Hub.")
    case .hubModelBytes: Self.bytes(512 << 30, "All files of a model from the Hub together.")
    case .previewConnections:
      Self.count(256, lowest: 1, "Clients of the preview at once; further ones wait.")
    case .previewReaders:
      Self.count(64, lowest: 1, "Pages that the preview keeps up to date at once.")
    case .previewTargetBytes:
      Self.bytes(1 << 10, "The address that a request to the preview asks for.")
    case .previewHeaders: Self.count(100, "Headers of a request to the preview.")
    case .previewHeaderBytes: Self.bytes(16 << 10, "All headers of a request to the preview.")
    case .previewBodyBytes: Self.bytes(16 << 10, "The body of a request to the preview.")
    }
  }
}
