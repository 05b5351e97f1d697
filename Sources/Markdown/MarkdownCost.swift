import InputLimits

/// What a text would cost before any of it is parsed: cmark-gfm 0.29.0.gfm.6, which Debian has, takes time that
/// grows with the square of some paragraphs (CVE-2023-22483, -22484, -22486, -24824, -26485, -37463), memory
/// with the number of an empty table's cells, and a node for each mark.
///
/// It only bounds from above, paragraph by paragraph; a paragraph ends where a line is blank, whatever else
/// would end it. So code and raw HTML count as if they were prose, and nothing hides behind a fence.
struct MarkdownCost {
  private let limits = (
    marks: Limit.markdownMarks.value, depth: Limit.markdownDepth.value,
    work: Limit.markdownWork.value, columns: Limit.tableColumns.value,
    cells: Limit.tableCells.value
  )
  private var line = 1
  private var marks = 0
  private var work = 0
  private var cells = 0
  /// The deepest that the lines so far may have nested lists and quotes, in halves.
  private var halfLevels = 0
  private var lineStart = 0
  private var paragraph = Paragraph()
  private var longestDefinition = 0
  private var closers = 0
  private var word = Word()
  /// Whether the byte before is a backslash that is not escaped itself.
  private var escapes = false

  /// What makes the time of a paragraph grow with its length.
  private struct Paragraph {
    var firstLine = 1
    var lines = 0
    var bytes = 0
    /// `@`, and `<` before `!` or `?`: from each the rest of the paragraph is read.
    var searches = 0
    var openers = 0
    var closers = 0
    /// Runs of `~`, and of `~`, `*` and `_`: each of the first looks for its opener among all.
    var tildes = 0
    var emphases = 0
    /// Bars of the line that has the most: a row is cut anew for each of its cells.
    var bars = 0
    /// Lines that may be the second of a table: for each the paragraph is cut into cells.
    var rules = 0
    /// Columns of the table that began last, and where; 0 where none may have.
    var columns = 0
    var hasDefinition = false
  }

  private struct Word {
    var bytes = 0
    var parentheses = 0
    var isAddress = false
  }

  /// - Throws: `MarkdownError` with the first limit that the text exceeds.
  static func check(_ text: String) throws(MarkdownError) { _ = try measured(text) }

  /// The steps that are foreseen, of about a third of a nanosecond; those up to a limit where one is exceeded.
  static func steps(of text: String) -> Int { (try? measured(text))?.work ?? .max }

  private static func measured(_ text: String) throws(MarkdownError) -> Self {
    var text = text
    let result: Result<Self, MarkdownError> = text.withUTF8 { bytes in
      var cost = Self()
      do throws(MarkdownError) {
        try cost.read(bytes)
        return .success(cost)
      } catch { return .failure(error) }
    }
    return try result.get()
  }

  private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(MarkdownError) {
    var prefix = Prefix()
    for (index, byte) in bytes.enumerated() {
      let before = index > 0 ? bytes[index - 1] : 0x0A
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0x0A
      if byte == 0x0A || byte == 0x0D {
        try count(marks: 1)
        if byte == 0x0D, next == 0x0A { continue }
        try endLine(UnsafeBufferPointer(rebasing: bytes[lineStart..<index]))
        lineStart = index + 1
        line += 1
        prefix = Prefix()
        continue
      }
      try prefix.read(byte, after: before, line: line, deepest: limits.depth)
      halfLevels = max(halfLevels, prefix.halfLevels)
      // A run of one character is one mark, but for those that take a node each; prefixes of lines are counted
      // there.
      if byte.isMark, before != byte || byte.isMarkAlone { try count(marks: 1) }
      if prefix.isOfContainer(byte) { try count(marks: 1) }
      read(byte, before: before, next: next)
    }
    try endLine(UnsafeBufferPointer(rebasing: bytes[lineStart...]))
    try endParagraph()
    // Each use of a definition is given its text.
    try spend(longestDefinition, times: closers, onLine: 1)
  }

  private mutating func read(_ byte: UInt8, before: UInt8, next: UInt8) {
    defer { escapes = byte == UInt8(ascii: "\\") && !escapes }
    switch byte {
    case UInt8(ascii: "~") where before != byte:
      paragraph.tildes += 1
      paragraph.emphases += 1
    case UInt8(ascii: "*") where before != byte, UInt8(ascii: "_") where before != byte:
      paragraph.emphases += 1
    case UInt8(ascii: "@"): paragraph.searches += 1
    case UInt8(ascii: "<") where next == UInt8(ascii: "!") || next == UInt8(ascii: "?"):
      paragraph.searches += 1
    case UInt8(ascii: "[") where !escapes: paragraph.openers += 1
    case UInt8(ascii: "]") where !escapes:
      paragraph.closers += 1
      if next == UInt8(ascii: ":") { paragraph.hasDefinition = true }
    case UInt8(ascii: ")"): word.parentheses += 1
    // `www.` or `://`: what is no address, such as `w.`, only counts for more.
    case UInt8(ascii: ".") where before | 0x20 == UInt8(ascii: "w"): word.isAddress = true
    case UInt8(ascii: "/") where before == UInt8(ascii: "/"): word.isAddress = true
    case UInt8(ascii: " "), UInt8(ascii: "\t"):
      endWord()
      return
    default: break
    }
    word.bytes += 1
  }

  private mutating func endWord() {
    // From each parenthesis at its end the address is read again.
    if word.isAddress { work += word.bytes * word.parentheses }
    word = Word()
  }

  private mutating func endLine(_ content: UnsafeBufferPointer<UInt8>) throws(MarkdownError) {
    endWord()
    // Every line, a blank one too, is passed through all blocks that are open.
    try spend(halfLevels, times: 25, onLine: line)
    guard
      content.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") && $0 != 0x0D })
    else {
      try endParagraph()
      paragraph.firstLine = line + 1
      return
    }
    paragraph.bytes += content.count + 1
    paragraph.lines += 1
    let bars = content.count { $0 == UInt8(ascii: "|") }
    paragraph.bars = max(paragraph.bars, bars)
    if paragraph.columns > 0 {
      try spend(bars, times: 10 * bars, onLine: line)
      cells += paragraph.columns
      guard cells <= limits.cells else {
        throw .tooManyCells(line: line, limit: limits.cells)
      }
    }
    guard let columns = Self.columns(ofRule: content) else { return }
    guard columns <= limits.columns else {
      throw .tooManyColumns(line: line, limit: limits.columns)
    }
    paragraph.rules += 1
    paragraph.columns = max(paragraph.columns, columns)
    try spend(paragraph.bars, times: 10 * paragraph.bars, onLine: line)
    // The text before the rule is moved up line by line, also where its last line has other columns.
    try spend(paragraph.bytes, times: 50 + paragraph.lines, onLine: line)
  }

  private mutating func endParagraph() throws(MarkdownError) {
    try spend(paragraph.bytes, times: paragraph.searches, onLine: paragraph.firstLine)
    try spend(paragraph.openers, times: 10 * paragraph.closers, onLine: paragraph.firstLine)
    try spend(paragraph.tildes, times: 10 * paragraph.emphases, onLine: paragraph.firstLine)
    if paragraph.hasDefinition { longestDefinition = max(longestDefinition, paragraph.bytes) }
    closers += paragraph.closers
    paragraph = Paragraph()
  }

  private mutating func spend(
    _ steps: Int, times: Int, onLine line: Int
  ) throws(MarkdownError) {
    work += steps * times
    guard work <= limits.work else { throw .tooMuchWork(line: line, limit: limits.work) }
  }

  private mutating func count(marks more: Int) throws(MarkdownError) {
    marks += more
    guard marks <= limits.marks else { throw .tooManyMarks(limit: limits.marks) }
  }

  /// The columns of a line that may be the second of a table: of bars, colons and dashes, and what stands
  /// before the lines of lists and quotes.
  private static func columns(ofRule line: UnsafeBufferPointer<UInt8>) -> Int? {
    var bars = 0
    var hasDash = false
    for byte in line {
      switch byte {
      case UInt8(ascii: "|"): bars += 1
      case UInt8(ascii: "-"): hasDash = true
      case UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0B, 0x0C, 0x0D,
        UInt8(ascii: ">"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "."),
        UInt8(ascii: ")"), 0x30...0x39:
        break
      default: return nil
      }
    }
    return hasDash ? bars + 1 : nil
  }
}

/// The marks of lists and quotes that a line begins with.
private struct Prefix {
  private var isOpen = true
  private var containers = 0
  /// Twice the levels that it may stand for: a list's item needs a mark and a blank, or two blanks.
  private(set) var halfLevels = 0

  mutating func read(
    _ byte: UInt8, after before: UInt8, line: Int, deepest: Int
  ) throws(MarkdownError) {
    guard isOpen else { return }
    switch byte {
    case UInt8(ascii: " "): halfLevels += 1
    case UInt8(ascii: "\t"): halfLevels += 4
    case UInt8(ascii: ">"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "*"):
      halfLevels += 2
      containers += 1
    case UInt8(ascii: "."), UInt8(ascii: ")"):
      guard (0x30...0x39).contains(before) else {
        isOpen = false
        return
      }
      halfLevels += 2
      containers += 1
    case 0x30...0x39: break
    default: isOpen = false
    }
    guard containers > deepest else { return }
    // A row of dashes or stars is a rule or text; blanks or `>` between them make containers.
    if byte == UInt8(ascii: ">") || before != byte { throw .tooDeep(line: line, limit: deepest) }
    isOpen = false
  }

  /// Whether a byte that was read is the mark of a container.
  func isOfContainer(_ byte: UInt8) -> Bool {
    guard isOpen else { return false }
    switch byte {
    case UInt8(ascii: ">"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
      UInt8(ascii: ")"):
      return true
    default: return false
    }
  }
}

extension UInt8 {
  /// Whether two of it in a row are two marks.
  fileprivate var isMarkAlone: Bool {
    switch self {
    case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "<"), UInt8(ascii: "&"): true
    default: false
    }
  }

  /// Whether it may begin markup wherever it stands.
  fileprivate var isMark: Bool {
    switch self {
    case UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "["), UInt8(ascii: "]"),
      UInt8(ascii: "`"), UInt8(ascii: "<"), UInt8(ascii: "&"), UInt8(ascii: "~"),
      UInt8(ascii: "|"), UInt8(ascii: "\\"), UInt8(ascii: "!"), UInt8(ascii: "@"),
      UInt8(ascii: ":"):
      true
    default: false
    }
  }
}
