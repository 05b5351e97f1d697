/// What a highlighter needs to know of a language.
struct CodeLanguage: Sendable {
  /// As in a fence's info string.
  var names: [String]
  var keywords: Set<String> = []
  var lineComments: [String] = []
  var blockComment: (open: String, close: String)?
  /// Longest first.
  var quotes: [String] = ["\"", "'"]
  /// Whether a word or text before a colon is a key.
  var hasKeys = false
  /// What begins the name of a variable, such as `$`.
  var variable: Character?

  static func named(_ name: String) -> Self? {
    let name = name.lowercased()
    return all.first { $0.names.contains(name) }
  }

  static let all: [Self] = [
    Self(
      names: ["yaml", "yml"], keywords: ["true", "false", "null", "yes", "no"],
      lineComments: ["#"], hasKeys: true),
    Self(names: ["json"], keywords: ["true", "false", "null"], quotes: ["\""], hasKeys: true),
    Self(
      names: ["swift"],
      keywords: words(
        """
        actor any as associatedtype async await break case catch class continue default defer do \
        else enum extension false fileprivate for func guard if import in init inout internal is \
        let mutating nil nonisolated operator package private protocol public repeat rethrows \
        return self Self some static struct subscript super switch throw throws true try typealias \
        var where while
        """), lineComments: ["//"], blockComment: ("/*", "*/"), quotes: ["\"\"\"", "\""]),
    Self(
      names: ["python", "py"],
      keywords: words(
        """
        and as assert async await break class continue def del elif else except False finally for \
        from global if import in is lambda None nonlocal not or pass raise return True try while \
        with yield
        """), lineComments: ["#"], quotes: ["\"\"\"", "'''", "\"", "'"]),
    Self(
      names: ["c", "cpp", "c++", "h"],
      keywords: words(
        """
        auto bool break case char class const constexpr continue default do double else enum extern \
        float for if inline int long namespace new nullptr return short signed sizeof static struct \
        switch template typedef union unsigned void volatile while
        """), lineComments: ["//"], blockComment: ("/*", "*/")),
    Self(
      names: ["rust", "rs"],
      keywords: words(
        """
        as async await break const continue crate dyn else enum extern false fn for if impl in let \
        loop match mod move mut pub ref return self Self static struct super trait true type unsafe \
        use where while
        """), lineComments: ["//"], blockComment: ("/*", "*/"), quotes: ["\""]),
    Self(
      names: ["bash", "sh", "shell", "zsh", "console"],
      keywords: words(
        "case do done elif else esac export fi for function if in local return then until while"),
      lineComments: ["#"], variable: "$"),
  ]

  private static func words(_ text: String) -> Set<String> {
    Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
  }
}
