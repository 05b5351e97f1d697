public import Diagnostics
import InputLimits
import Markdown

/// A setting of the notebook that the command line can change with `-P name=value`.
public struct Parameter: Hashable, Sendable {
  public enum Kind: String, SchemaChoice, Hashable {
    case string, int, number, bool
    public static var subject: String { "parameter type" }
    public static var aliases: [String: String] {
      [
        "float": "number", "double": "number", "integer": "int", "str": "string", "text": "string",
        "boolean": "bool",
      ]
    }

    var typeName: String {
      switch self {
      case .string: String.typeName
      case .int: Int.typeName
      case .number: Double.typeName
      case .bool: Bool.typeName
      }
    }
  }

  public var name: String
  /// Of the value, or of each entry of a list.
  public var kind: Kind
  /// Whether the value is a list, so that a sweep can take its values from it.
  public var isList: Bool
  public var defaultValue: Value
  public var help: String?
  public var minimum: Double?
  public var maximum: Double?
  /// Permitted texts; empty where all are.
  public var choices: [String]
  public var span: SourceSpan

  /// The value that somebody gave.
  ///
  /// - Throws: `invalidParameter` for one of another type or outside the bounds.
  public func value(of setting: ParameterSetting) throws(Diagnostic) -> Value {
    guard isList else {
      guard setting.entries == nil else {
        throw invalid("is a single value, not a list", at: setting.textSpan)
      }
      return try value(of: setting.text, at: setting.textSpan)
    }
    guard let entries = setting.entries ?? Self.entries(in: setting.text) else {
      throw invalid(
        whole: "is a list such as \(defaultValue.written), not '\(setting.text)'",
        at: setting.textSpan)
    }
    return try value(of: entries, at: setting.textSpan)
  }

  /// The list that texts stand for.
  func value(of entries: [String], at span: SourceSpan?) throws(Diagnostic) -> Value {
    guard entries.count <= Limit.listEntries.value else {
      var mistake = invalid(
        whole: "has at most \(Limit.listEntries.value) entries, not \(entries.count)", at: span)
      mistake.help = Limit.listEntries.cure
      throw mistake
    }
    var values: [Value] = []
    for entry in entries { values.append(try value(of: entry, at: span)) }
    return .list(values)
  }

  /// `32` and `64` for `[32, 64]` or `32,64`; nil for what is no list of single values.
  private static func entries(in text: String) -> [String]? {
    let isBracketed = text.trimmingSpace.hasPrefix("[")
    let source = NotebookSource(
      SourceFile(name: "", text: isBracketed ? text : "[\(text)]"))
    guard source.placeCount == 0, source.file.lineCount == 1 else { return nil }
    let (root, mistakes) = YAMLReader.read([(source.text.line(1), 0)], of: source)
    guard mistakes.isEmpty, case .sequence(let nodes)? = root?.content else { return nil }
    let entries = nodes.compactMap { $0.isNull ? nil : $0.scalar }
    return entries.count == nodes.count ? entries : nil
  }

  /// The single value that a text stands for, or an entry of a list.
  func value(of text: String, at span: SourceSpan?) throws(Diagnostic) -> Value {
    let node = YAMLNode(.scalar(text, isQuoted: false), at: span ?? self.span)
    var ignored: [Diagnostic] = []
    let value: Value?
    switch kind {
    case .string: value = .text(text)
    case .int: value = Int.decode(node, &ignored).map { Self.given(Double($0)) }
    case .number: value = Double.decode(node, &ignored).map(Self.given)
    case .bool: value = Bool.decode(node, &ignored).map { .bool($0) }
    }
    guard let value else {
      throw invalid("is \(kind.typeName), not '\(text)'", at: span)
    }
    if let number = value.asNumber?.value {
      if let minimum, number < minimum {
        throw invalid("is at least \(NumberFormatting.plain(minimum)), not \(text)", at: span)
      }
      if let maximum, number > maximum {
        throw invalid("is at most \(NumberFormatting.plain(maximum)), not \(text)", at: span)
      }
    }
    if !choices.isEmpty, !isChoice(value, text) {
      throw Diagnostic(
        .invalidParameter, "\(subject) cannot be '\(text)'", at: span,
        notes: span == nil ? [Diagnostic.Note("it is declared here", at: self.span)] : [],
        help: Diagnostic.suggestion(for: text, among: choices))
    }
    return value
  }

  private var subject: String {
    isList ? "an entry of the parameter '\(name)'" : "the parameter '\(name)'"
  }

  /// Numbers are compared as numbers: `1e3` is `1000`.
  private func isChoice(_ value: Value, _ text: String) -> Bool {
    if choices.contains(text) { return true }
    guard let number = value.asNumber?.value else { return false }
    return choices.contains { Double($0.filter { $0 != "_" }) == number }
  }

  /// A problem with the value, or with an entry of it.
  private func invalid(_ problem: String, at span: SourceSpan?) -> Diagnostic {
    invalid(of: subject, problem, at: span)
  }

  private func invalid(whole problem: String, at span: SourceSpan?) -> Diagnostic {
    invalid(of: "the parameter '\(name)'", problem, at: span)
  }

  private func invalid(
    of subject: String, _ problem: String, at span: SourceSpan?
  ) -> Diagnostic {
    Diagnostic(
      .invalidParameter, "\(subject) \(problem)", at: span,
      notes: span?.file == self.span.file
        ? [] : [Diagnostic.Note("it is declared here", at: self.span)])
  }

  private static func given(_ value: Double) -> Value { .number(Number(value, origin: .given)) }
}
