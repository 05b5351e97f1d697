/// Tables: environments between `\begin` and `\end`, and the rows of `\substack`.
extension FormulaParser {
  mutating func environment() throws(FormulaError) -> Formula {
    let start = range
    let name = try text(of: "begin")
    guard let environment = FormulaSymbols.environments[name] else {
      throw FormulaError(
        message: "unknown environment '\(name)' in a formula", range: start, unknownName: name)
    }
    let rows = try rows { $0 == .command("end") || $0 == .end }
    let end = range
    guard token == .command("end") else {
      throw FormulaError(message: "'\\begin{\(name)}' has no '\\end{\(name)}'", range: start)
    }
    let closing = try text(of: "end")
    guard closing == name else {
      throw FormulaError(
        message: "'\\begin{\(name)}' ends with '\\end{\(closing)}'", range: end)
    }
    let table = Formula.table(
      .init(rows: rows, alignments: environment.alignments, isDisplay: environment.isDisplay))
    guard !environment.open.isEmpty || !environment.close.isEmpty else { return table }
    return .fenced(open: environment.open, table, close: environment.close)
  }

  mutating func substack() throws(FormulaError) -> Formula {
    advance()
    guard token == .open else { throw mistake("'\\substack' needs its rows in braces") }
    let rows = try enclosed(by: .close, "brace") { parser, ends throws(FormulaError) in
      try parser.rows(until: ends)
    }
    return .table(.init(rows: rows, alignments: [.center], isDisplay: false))
  }

  private mutating func rows(
    until ends: (FormulaLexer.Token) -> Bool
  ) throws(FormulaError) -> [[Formula]] {
    var rows: [[Formula]] = [[]]
    while true {
      let cell = try row { $0 == .separator || $0 == .newRow || ends($0) }
      rows[rows.count - 1].append(cell)
      if token == .separator {
        advance()
      } else if token == .newRow {
        advance()
        rows.append([])
      } else {
        break
      }
    }
    // A row's end after the last row begins no other.
    if rows.count > 1, rows.last == [.row([])] { rows.removeLast() }
    return rows
  }
}
