public import Diagnostics
public import NotebookLanguage

/// ` ```{expect} `: claims about the results, checked in every run.
///
/// A claim that does not hold is shown in the report, which is written all the same, and ends the
/// command with status 3.
public struct ExpectCell: Cell {
  public static let name = "expect"
  public static let version = 1
  public static let summary = "Checks claims about the results."
  public static let example = """
    #| label: claims
    - nf4.memory.after.reported < 0.5 * nf4.memory.before.reported
    - {that: nf4.perplexity.after, near: nf4.perplexity.before, within: 10%}
    """
  public static let listKey: String? = "conditions"

  public static var keys: [SchemaKey<Self>] {
    [
      .required("conditions", \.claims, help: "Claims; a list alone is read as this key."),
      .optional("show", \.show, help: "Which claims the report shows: failed, all or none."),
    ]
  }

  var claims = ClaimList()
  var show = Shown.failed

  public init() {}

  enum Shown: String, SchemaChoice {
    case failed, all, none
    static var subject: String { "choice of claims" }
  }

  public func check(in scope: CheckScope) -> [Diagnostic] {
    claims.claims.flatMap { $0.problems(in: scope) }
  }

  public func shape(in scope: CheckScope) -> Shape {
    .fields(["passed": .number, "failed": .number, "claims": .list])
  }

  public func run(in context: CellContext) async throws -> Expectations {
    var outcomes: [Expectations.Outcome] = []
    for claim in claims.claims { outcomes.append(try claim.outcome(in: context.scope)) }
    return Expectations(outcomes: outcomes, show: show)
  }
}

/// Claims with what became of them.
public struct Expectations: CellValue {
  struct Outcome: Sendable {
    var claim: String
    var holds: Bool
    /// What was found, such as `57.42 against 100`.
    var found: String
    /// What was wanted, where it is a figure.
    var wanted: String
    var message: String?
    var span: SourceSpan?
  }

  let outcomes: [Outcome]
  let show: ExpectCell.Shown

  public var expressionValue: Value {
    .record(
      Record([
        "passed": .count(outcomes.count(where: \.holds)),
        "failed": .count(outcomes.count { !$0.holds }),
        "claims": .list(outcomes.map(Self.record)),
      ]))
  }

  private static func record(_ outcome: Outcome) -> Value {
    var record = Record([
      "claim": .text(outcome.claim), "holds": .bool(outcome.holds), "found": .text(outcome.found),
    ])
    if !outcome.wanted.isEmpty { record["wanted"] = .text(outcome.wanted) }
    record["message"] = outcome.message.map { .text($0) }
    return .record(record)
  }

  public var unmetExpectations: [Diagnostic] {
    outcomes.filter { !$0.holds }.map { outcome in
      Diagnostic(
        .unmetExpectation,
        (outcome.message ?? "this was expected and does not hold")
          + (outcome.found.isEmpty ? "" : ": found \(outcome.found)")
          + (outcome.wanted.isEmpty ? "" : ", expected \(outcome.wanted)"),
        at: outcome.span)
    }
  }

  public func display(of record: Value) -> Display? {
    let shown = outcomes.filter { show == .all || (show == .failed && !$0.holds) }
    guard !shown.isEmpty else { return nil }
    let columns = ["Found", "Expected", "Holds"].map { Table.Column(label: $0) }
    let rows = shown.map { outcome in
      Table.Row(
        label: outcome.message ?? outcome.claim,
        cells: [
          outcome.found, outcome.wanted.isEmpty ? outcome.claim : outcome.wanted,
          outcome.holds ? "✓ yes" : "✗ no",
        ].map { Table.Cell(value: DisplayedValue(text: $0, origin: .derived)) })
    }
    return .table(
      Table(stub: "Claim", groups: [Table.Group(label: "", columns: columns)], rows: rows))
  }
}
