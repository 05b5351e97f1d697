public import Diagnostics

/// Turns a value into what a reader sees.
public struct Filter: Sendable {
  public let name: String
  public let help: String
  /// An expression that uses it.
  public var example: String {
    switch (form, unit) {
    case (.verdict, _): #"nf4.latency | verdict("faster", "slower", "not distinguishable")"#
    case (_, "ms"): "nf4.latency.after | \(name)(1)"
    case (_, "MiB"): "nf4.memory.after.reported | \(name)(1)"
    case (_, "%"): "nf4.memory.after.reported / nf4.memory.before.reported | \(name)"
    case (_, "×"): "nf4.latency.ratio | \(name)"
    default: "nf4.perplexity.after | \(name)"
    }
  }
  /// What the arguments are called, in order; all may be left out.
  public let parameters: [String]
  /// Unit that the printed text is in, for table rows that name it once; empty where there is none.
  public let unit: String
  let form: Form

  enum Form: Sendable {
    /// Prints a number. Decimals are the first argument, where the filter has one.
    case number(@Sendable (Number, _ digits: Int?) -> (text: String, error: String))
    /// Chooses one of three words by an interval.
    case verdict
  }

  private init(
    name: String, help: String, parameters: [String], unit: String,
    number: @escaping @Sendable (Number, _ digits: Int?) -> (text: String, error: String)
  ) {
    self.name = name
    self.help = help
    self.parameters = parameters
    self.unit = unit
    form = .number(number)
  }

  private init(name: String, help: String, parameters: [String], form: Form) {
    self.name = name
    self.help = help
    self.parameters = parameters
    unit = ""
    self.form = form
  }

  /// All filters, by name. A new one is one more entry.
  public static let all: [Filter] = [
    Filter(
      name: "round", help: "Rounded to a number of decimals, 2 if not given.",
      parameters: ["digits"], unit: ""
    ) { number, digits in (NumberFormatting.fixed(number.value, digits ?? 2), "") },
    Filter(
      name: "sig", help: "Rounded to a number of significant digits, 3 if not given.",
      parameters: ["digits"], unit: ""
    ) { number, digits in (NumberFormatting.significant(number.value, digits ?? 3), "") },
    Filter(
      name: "si", help: "Shortened with k, M, G, as 17.7 M.", parameters: ["digits"], unit: ""
    ) { number, digits in (shortened(number.value, digits ?? 3), "") },
    Filter(
      name: "percent", help: "A share as a percentage, with one decimal if not given.",
      parameters: ["digits"], unit: "%"
    ) { number, digits in (NumberFormatting.fixed(number.value * 100, digits ?? 1) + " %", "") },
    Filter(
      name: "ratio", help: "A factor, as 1.56 ×.", parameters: ["digits"], unit: "×"
    ) { number, digits in (NumberFormatting.fixed(number.value, digits ?? 2) + " ×", "") },
    Filter(
      name: "ms", help: "Milliseconds, with 2 decimals if not given.", parameters: ["digits"],
      unit: "ms"
    ) { number, digits in
      let digits = digits ?? 2
      let error = number.error.map { "± " + NumberFormatting.fixed($0, digits) } ?? ""
      return (NumberFormatting.fixed(number.value, digits) + " ms", error)
    },
    Filter(
      name: "mib", help: "Bytes as MiB (2²⁰ bytes), with 2 decimals if not given.",
      parameters: ["digits"], unit: "MiB"
    ) { number, digits in
      (NumberFormatting.fixed(number.value / 1_048_576, digits ?? 2) + " MiB", "")
    },
    Filter(
      name: "pm", help: "The value ± its standard error, both to the error's two first digits.",
      parameters: ["digits"], unit: ""
    ) { number, digits in
      guard let error = number.error, error.isFinite, number.value.isFinite else {
        return (NumberFormatting.fixed(number.value, digits ?? 2), "")
      }
      let digits = digits ?? NumberFormatting.decimals(for: error)
      return (
        NumberFormatting.fixed(number.value, digits), "± " + NumberFormatting.fixed(error, digits)
      )
    },
    Filter(
      name: "verdict",
      help: "One of three words: the ratio is below 1, above 1, or not distinguishable from 1.",
      parameters: ["below", "above", "neither"], form: .verdict),
  ]

  static func named(_ name: String) -> Filter? { all.first { $0.name == name } }

  private static func shortened(_ value: Double, _ digits: Int) -> String {
    for (size, prefix) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
    where abs(value) >= size && value.isFinite {
      return NumberFormatting.significant(value / size, digits) + " " + prefix
    }
    return NumberFormatting.plain(value)
  }
}

extension Expression.FilterCall {
  /// Mistakes in the name and the number of arguments.
  public func check() -> [Diagnostic] {
    guard let filter = Filter.named(name.name) else { return [unknown] }
    guard arguments.count <= filter.parameters.count else {
      return [
        Diagnostic(
          .filterArguments,
          "'\(name.name)' takes at most \(filter.parameters.count) "
            + "argument\(filter.parameters.count == 1 ? "" : "s"), not "
            + "\(arguments.count)", at: name.span)
      ]
    }
    return []
  }

  /// Unit of the printed text, such as `ms`.
  public var unit: String { Filter.named(name.name)?.unit ?? "" }

  /// `value` as a reader sees it.
  ///
  /// - Parameter span: the expression that `value` comes from.
  public func apply(
    to value: Value, at span: SourceSpan, in scope: ExpressionScope
  ) throws(Diagnostic) -> DisplayedValue {
    if let mistake = check().first { throw mistake }
    guard let filter = Filter.named(name.name) else { throw unknown }
    switch filter.form {
    case .number(let format): return try print(value, at: span, in: scope, by: format)
    case .verdict: return try judge(value, at: span, in: scope)
    }
  }

  private func judge(
    _ value: Value, at span: SourceSpan, in scope: ExpressionScope
  ) throws(Diagnostic) -> DisplayedValue {
    var words = VerdictFilter.defaultWords
    for (index, argument) in arguments.enumerated() {
      words[index] = try word(from: argument, in: scope)
    }
    guard let verdict = VerdictFilter.apply(to: value, words: words) else {
      throw noInterval(value.kind, at: span)
    }
    return verdict
  }

  func noInterval(_ kind: Value.Kind, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      .expressionType,
      "'verdict' needs a ratio with an interval or an error, but this is \(kind.rawValue) without",
      at: span, help: "results have one: nf4.latency, nf4.perplexity, or a quotient of figures")
  }

  func word(from argument: Expression, in scope: ExpressionScope) throws(Diagnostic) -> String {
    guard case .text(let word) = try argument.value(in: scope) else { throw noWord(argument) }
    return word
  }

  func noWord(_ argument: Expression) -> Diagnostic {
    Diagnostic(
      .filterArguments, "'\(name.name)' takes texts, such as \"faster\"", at: argument.span)
  }

  func digits(from argument: Expression, in scope: ExpressionScope) throws(Diagnostic) -> Int {
    let digits = try argument.number(in: scope).value
    guard (0...15).contains(digits), digits == digits.rounded() else {
      throw Diagnostic(
        .filterArguments, "the number of digits is a whole number from 0 to 15", at: argument.span)
    }
    return Int(digits)
  }

  func noNumber(_ kind: Value.Kind, at span: SourceSpan?, fields: [String]) -> Diagnostic {
    Diagnostic(
      .expressionType, "'\(name.name)' needs a number, but this is \(kind.rawValue)", at: span,
      help: fields.isEmpty ? nil : "name one of its fields: " + fields.joined(separator: ", "))
  }

  private func print(
    _ value: Value, at span: SourceSpan, in scope: ExpressionScope,
    by format: (Number, Int?) -> (text: String, error: String)
  ) throws(Diagnostic) -> DisplayedValue {
    guard let number = value.asNumber else {
      var fields: [String] = []
      if case .record(let record) = value { fields = record.names }
      throw noNumber(value.kind, at: span, fields: fields)
    }
    var digits: Int?
    if let argument = arguments.first { digits = try self.digits(from: argument, in: scope) }
    let (text, error) = format(number, digits)
    return DisplayedValue(number, text: text, error: error)
  }

  private var unknown: Diagnostic {
    .unknown(
      "filter", name.name, among: Filter.all.map(\.name), .unknownFilter, at: name.span)
  }
}

extension DisplayedValue {
  init(_ number: Number, text: String, error: String = "") {
    self.init(
      text: text, error: error, origin: number.origin, cause: number.cause, note: number.note,
      number: number.value)
    setting = number.setting
    unit = number.unit
    standardError = number.error
  }

  /// The value as it is printed where no filter says how.
  public init(_ value: Value) {
    if let number = value.asNumber {
      switch number.unit {
      case .none: self.init(number, text: NumberFormatting.plain(number.value))
      case .bytes:
        self.init(number, text: NumberFormatting.fixed(number.value / 1_048_576, 2) + " MiB")
      case .milliseconds: self.init(number, text: NumberFormatting.fixed(number.value, 2) + " ms")
      }
      return
    }
    switch value {
    case .displayed(let displayed): self = displayed
    case .text(let text): self.init(text: text, origin: .given)
    case .bool(let bool): self.init(text: bool ? "true" : "false", origin: .derived)
    case .list(let values):
      self.init(text: values.map { DisplayedValue($0).text }.joined(separator: ", "))
    case .record(let record): self.init(text: record.names.joined(separator: ", "), origin: .given)
    case .number(let number): self.init(number, text: NumberFormatting.plain(number.value))
    }
  }
}
