import InputLimits
import NotebookLanguage
import SafeFiles

/// How the documents of a data set become one text.
enum DocumentJoin: String, SchemaChoice {
  case blankLine, line, space, none
  /// The file that llama.cpp and others measure WikiText on, which the data set was made from: its lines
  /// are the documents, with ` ` and a line end for the empty ones.
  case llamaCpp = "llama.cpp"

  static var subject: String { "join" }
  static var aliases: [String: String] {
    ["blank": "blankLine", "newline": "line", "llamacpp": "llama.cpp", "raw": "llama.cpp"]
  }

  var help: String? {
    switch self {
    case .blankLine: "A blank line between two documents, as in Hugging Face's perplexity recipe."
    case .line: "A line end between two documents."
    case .space: "A space between two documents."
    case .none: "Nothing between two documents."
    case .llamaCpp: "The original wiki.test.raw, as llama.cpp reads it; for WikiText."
    }
  }

  /// For the report's last section.
  var fact: String {
    switch self {
    case .blankLine: "joined by blank lines"
    case .line: "joined by line ends"
    case .space: "joined by spaces"
    case .none: "joined without anything between"
    case .llamaCpp: "as the original file that llama.cpp reads"
    }
  }

  fileprivate var separator: String {
    switch self {
    case .blankLine: "\n\n"
    case .line: "\n"
    case .space: " "
    case .none, .llamaCpp: ""
    }
  }
}

/// Documents as they become one text.
struct JoinedText {
  private let join: DocumentJoin
  private let limit: Int
  private var bytes: [UInt8] = []
  private(set) var documentCount = 0

  /// - Parameter limit: the most bytes of the text.
  init(_ join: DocumentJoin, limit: Int = Limit.corpusBytes.value) {
    self.join = join
    self.limit = limit
  }

  /// - Parameter document: its UTF-8; nil, and it counts as empty.
  /// - Throws: `TooLarge`.
  mutating func append(_ document: UnsafeRawBufferPointer?) throws(TooLarge) {
    if documentCount > 0 { bytes += Array(join.separator.utf8) }
    documentCount += 1
    if let document, !document.isEmpty {
      guard document.count <= limit - bytes.count else { throw TooLarge() }
      bytes += document
    } else if join == .llamaCpp {
      bytes += Array(" \n".utf8)
    }
    guard bytes.count <= limit else { throw TooLarge() }
  }

  /// - Parameter name: what messages call it.
  /// - Throws: `FileError` where it is no UTF-8.
  func text(named name: String) throws(FileError) -> String {
    try BoundedReader.text(of: bytes, path: name)
  }

  /// That the text has more bytes than it may.
  struct TooLarge: Error {}
}
