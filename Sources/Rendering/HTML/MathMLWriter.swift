package import Formulas

/// Writes a formula as MathML, which browsers draw by themselves.
///
/// Reference: MathML Core, https://www.w3.org/TR/mathml-core. The TeX source is kept as an
/// annotation, so that it can be copied.
package struct MathMLWriter {
  /// The text of a computed value by its number.
  let value: (Int) -> String
  /// Whether scripts are being written: TeX sets no space around relations and operators there.
  private var isScript = false

  package init(value: @escaping (Int) -> String) { self.value = value }

  /// - Parameters:
  ///   - source: the formula as its author wrote it.
  ///   - isDisplay: whether it stands on a line of its own.
  package func math(_ formula: Formula, source: String, isDisplay: Bool) -> String {
    let display = isDisplay ? " display=\"block\"" : ""
    return "<math\(display)><semantics>\(wrapped(formula, isDisplay))"
      + "<annotation encoding=\"application/x-tex\">\(Escaping.text(source))</annotation>"
      + "</semantics></math>"
  }

  /// One element, whatever `formula` consists of.
  private func wrapped(_ formula: Formula, _ isDisplay: Bool) -> String {
    if case .row = formula { return "<mrow>\(element(formula, isDisplay))</mrow>" }
    return element(formula, isDisplay)
  }

  /// A script, or what is set like one.
  private func script(_ formula: Formula) -> String {
    var writer = self
    writer.isScript = true
    return writer.wrapped(formula, false)
  }

  private func element(_ formula: Formula, _ isDisplay: Bool) -> String {
    switch formula {
    case .row(let parts): return row(parts, isDisplay)
    case .identifier(let text, let isUpright): return identifier(text, isUpright: isUpright)
    case .number(let text): return "<mn>\(Escaping.text(text))</mn>"
    case .symbol(let symbol): return self.symbol(symbol)
    case .value(let number): return "<mtext>\(Escaping.text(value(number)))</mtext>"
    case .text(let text):
      // MathML collapses spaces at the ends.
      return "<mtext>\(Escaping.text(text.replacing(" ", with: "\u{A0}")))</mtext>"
    case .space(let width): return "<mspace width=\"\(width)em\"/>"
    case .fraction(let over, let under, let hasLine):
      let line = hasLine ? "" : " linethickness=\"0\""
      return "<mfrac\(line)>\(wrapped(over, false))\(wrapped(under, false))</mfrac>"
    case .root(let content, nil): return "<msqrt>\(element(content, isDisplay))</msqrt>"
    case .root(let content, let index?):
      return "<mroot>\(wrapped(content, isDisplay))\(wrapped(index, false))</mroot>"
    case .scripts(let base, let lower, let upper, let isLimits):
      return scripts(base, lower, upper, isLimits: isLimits, isDisplay)
    case .mark(let base, let text, let isAbove, let isWide):
      let tag = isAbove ? "mover" : "munder"
      let accent = isAbove ? " accent=\"true\"" : " accentunder=\"true\""
      return "<\(tag)\(accent)>\(wrapped(base, isDisplay))"
        + "<mo stretchy=\"\(isWide)\">\(Escaping.text(text))</mo></\(tag)>"
    case .stack(let base, let above?, _):
      return "<mover>\(wrapped(base, isDisplay))\(script(above))</mover>"
    case .stack(let base, nil, let below?):
      return "<munder>\(wrapped(base, isDisplay))\(script(below))</munder>"
    case .stack(let base, nil, nil): return element(base, isDisplay)
    case .fenced(let open, let content, let close):
      return "<mrow>\(fence(open, "prefix"))\(element(content, isDisplay))"
        + "\(fence(close, "postfix"))</mrow>"
    case .table(let table): return self.table(table)
    case .style(let content, let isDisplay):
      return "<mstyle displaystyle=\"\(isDisplay)\">\(element(content, isDisplay))</mstyle>"
    case .phantom(let content):
      return "<mphantom>\(element(content, isDisplay))</mphantom>"
    }
  }

  /// Parts side by side; a function's name is set off from what follows it, as TeX does.
  private func row(_ parts: [Formula], _ isDisplay: Bool) -> String {
    var html = ""
    for (index, part) in parts.enumerated() {
      if case .symbol(let symbol) = part, symbol.isSign, parts[..<index].last?.endsTerm != true {
        html += "<mo form=\"prefix\">\(Escaping.text(symbol.text))</mo>"
        continue
      }
      html += element(part, isDisplay)
      guard part.isFunction, index + 1 < parts.count else { continue }
      switch parts[index + 1] {
      case .symbol, .space, .fenced: continue
      default: html += "<mo>\u{2061}</mo><mspace width=\"0.167em\"/>"
      }
    }
    return html
  }

  private func identifier(_ text: String, isUpright: Bool) -> String {
    // MathML slants an identifier of one letter unless told otherwise, and no other.
    let variant = isUpright && text.count == 1 ? " mathvariant=\"normal\"" : ""
    return "<mi\(variant)>\(Escaping.text(text.replacing(" ", with: "\u{2009}")))</mi>"
  }

  private func symbol(_ symbol: Formula.Symbol) -> String {
    var attributes = ""
    if let height = symbol.height {
      attributes =
        " stretchy=\"true\" symmetric=\"true\" minsize=\"\(height)em\" maxsize=\"\(height)em\""
    } else if !symbol.isStretchy, Self.delimiters.contains(symbol.text) {
      attributes = " stretchy=\"false\""
    }
    if isScript || symbol.text == "|" || symbol.text == "‖" {
      attributes += " lspace=\"0\" rspace=\"0\""
    }
    if symbol.takesLimits { attributes += " movablelimits=\"true\"" }
    return "<mo\(attributes)>\(Escaping.text(symbol.text))</mo>"
  }

  private static let delimiters: Set<String> = [
    "(", ")", "[", "]", "{", "}", "|", "‖", "⟨", "⟩", "⌊", "⌋", "⌈", "⌉",
  ]

  private func fence(_ text: String, _ form: String) -> String {
    text.isEmpty
      ? ""
      : "<mo fence=\"true\" form=\"\(form)\" stretchy=\"true\">\(Escaping.text(text))</mo>"
  }

  private func scripts(
    _ base: Formula, _ lower: Formula?, _ upper: Formula?, isLimits: Bool, _ isDisplay: Bool
  ) -> String {
    let (below, above, both) =
      isLimits ? ("munder", "mover", "munderover") : ("msub", "msup", "msubsup")
    let base = wrapped(base, isDisplay)
    switch (lower.map { script($0) }, upper.map { script($0) }) {
    case (let lower?, let upper?): return "<\(both)>\(base)\(lower)\(upper)</\(both)>"
    case (let lower?, nil): return "<\(below)>\(base)\(lower)</\(below)>"
    case (nil, let upper?): return "<\(above)>\(base)\(upper)</\(above)>"
    case (nil, nil): return base
    }
  }

  private func table(_ table: Formula.Table) -> String {
    let rows = table.rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let alignment = table.alignments[column % max(table.alignments.count, 1)]
        return "<mtd class=\"\(alignment.rawValue)\">\(element(cell, table.isDisplay))</mtd>"
      }
      return "<mtr>\(cells.joined())</mtr>"
    }
    let display = table.isDisplay ? " displaystyle=\"true\" class=\"aligned\"" : ""
    return "<mtable\(display)>\(rows.joined())</mtable>"
  }
}

extension Formula.Symbol {
  fileprivate var isSign: Bool { ["−", "+", "±", "∓"].contains(text) }
}

extension Formula {
  /// Whether a plus or minus after it joins it to what follows, rather than being a sign.
  fileprivate var endsTerm: Bool {
    switch self {
    case .symbol(let symbol): [")", "]", "}", "!", "⟩", "⌋", "⌉", "|"].contains(symbol.text)
    case .space: false
    default: true
    }
  }

  /// Whether it is a function's name, with scripts or without.
  fileprivate var isFunction: Bool {
    switch self {
    case .identifier(let name, true): name.count > 1 && name.first?.isASCII == true
    case .scripts(let base, _, _, _): base.isFunction
    default: false
    }
  }
}
