import Diagnostics
import Yams

/// A mistake in YAML, in our words, with the line of the text that it is on.
struct YAMLMistake: Error {
  var diagnostic: Diagnostic
  /// From 0.
  var line: Int

  init(
    _ message: String, at range: Range<Int>, in text: YAMLText,
    _ code: DiagnosticCode = .invalidYAML, note: (String, Range<Int>)? = nil, help: String? = nil
  ) {
    line = text.line(of: range.lowerBound)
    diagnostic = Diagnostic(
      code, message, at: text.span(range),
      notes: note.map { [Diagnostic.Note($0.0, at: text.span($0.1))] } ?? [], help: help)
  }

  /// What libyaml found, said as a person would.
  init(_ error: YamlError, in text: YAMLText) {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      self.init(
        problem, at: text.position(of: mark), context: context?.text ?? "",
        from: context.map { text.position(of: $0.mark) }, in: text)
    case .duplicatedKeysInMapping(let keys, let context):
      self.init(duplicate: keys.first ?? "", in: text.position(of: context.mark), text)
    case .reader:
      self.init(
        "this YAML holds a character that YAML does not allow", at: 0..<text.lineEnd(of: 0),
        in: text)
    default: self.init("this is not YAML", at: 0..<0, in: text)
    }
  }

  private init(
    _ problem: String, at position: Int, context: String, from start: Int?, in text: YAMLText
  ) {
    let here = position..<min(position + 1, max(text.bytes.count - 1, position))
    let opening = start.map { $0..<$0 + 1 } ?? here
    if problem.contains("mapping values are not allowed") {
      self = Self.strayColon(at: position, in: text)
    } else if context.contains("flow sequence") || context.contains("flow mapping") {
      let closing = context.contains("sequence") ? "]" : "}"
      if text.isBracket(at: position) {
        self.init(
          "expected ',' or '\(closing)'", at: here, in: text,
          note: ("the bracket is opened here", opening))
      } else {
        self.init("this '\(text[opening])' is never closed", at: opening, in: text)
      }
    } else if context.contains("quoted scalar"), problem.contains("escape") {
      let escape = text.escape(before: position)
      self.init(
        "'\(text[escape])' stands for no character", at: escape, in: text,
        help: "write \\\\ for a backslash, or use single quotes")
    } else if context.contains("quoted scalar") {
      self.init(
        "this quote is never closed", at: opening, in: text,
        help: "the lines of a text in quotes are indented deeper than its key")
    } else if problem.contains("block sequence entries") {
      self.init(
        "a list of '- ' starts on a line of its own", at: here, in: text,
        help: "or write it in brackets: [a, b]")
    } else if problem.contains("expected ':'") {
      let key = opening.lowerBound..<text.contentEnd(ofLineAt: opening.lowerBound)
      self.init(
        "expected a key with ':' and a space after it", at: key, in: text,
        help: "the further lines of a text are indented deeper than its key")
    } else if problem.contains("expected key") || problem.contains("document start")
      || problem.contains("block end") || problem.contains("'-' indicator")
    {
      self.init(
        "this line is indented otherwise than the lines above allow",
        at: position..<text.contentEnd(ofLineAt: position), in: text,
        help: "the keys of one mapping, and the dashes of one list, stand in one column")
    } else if problem.contains("cannot start any token") {
      self.init(
        "a text cannot begin with '\(text[here])' unless it is in quotes", at: here, in: text)
    } else {
      self.init("this is not YAML: \(problem)", at: here, in: text)
    }
  }

  private static func strayColon(at position: Int, in text: YAMLText) -> Self {
    let start = text.contentStart(ofLineAt: position)
    let content = text[start..<position]
    guard !content.contains(": ") else {
      return Self(
        "a text with ': ' in it needs quotes", at: position..<position + 1, in: text,
        help: "for a mapping, put the key on a line of its own, indented deeper")
    }
    return Self(
      "this line is indented deeper than the lines above allow",
      at: start..<text.contentEnd(ofLineAt: position), in: text,
      help: "the keys of one mapping, and the dashes of one list, stand in one column")
  }

  /// Yams tells the mapping and the key; the places of both keys are looked up in the text.
  private init(duplicate key: String, in mapping: Int, _ text: YAMLText) {
    let places = text.keys(called: key, from: mapping)
    let first = places.first ?? mapping..<mapping
    let second = places.dropFirst().first ?? first
    self.init(
      "the key '\(key)' stands here twice", at: second, in: text, .duplicateKey,
      note: ("first written here", first))
  }
}
