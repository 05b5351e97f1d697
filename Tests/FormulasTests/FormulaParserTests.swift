import InputLimits
import Testing

@testable import Formulas

private func letter(_ text: String) -> Formula { .identifier(text, isUpright: false) }
private func sign(_ text: String) -> Formula { .symbol(.init(text: text)) }

@Suite struct FormulaParserTests {
  static let formulas: [(String, Formula)] = [
    ("x", letter("x")),
    (
      "x_i^2",
      .scripts(letter("x"), lower: letter("i"), upper: .number("2"), isLimits: false)
    ),
    ("x'", .scripts(letter("x"), lower: nil, upper: sign("′"), isLimits: false)),
    ("12,288", .number("12,288")),
    ("f(1,2)", .row([letter("f"), sign("("), .number("1"), sign(","), .number("2"), sign(")")])),
    ("0.5", .number("0.5")),
    ("-127", .row([sign("−"), .number("127")])),
    (
      #"\frac{w}{s}"#, .fraction(over: letter("w"), under: letter("s"), hasLine: true)
    ),
    (
      #"\sqrt[3]{x}"#, .root(letter("x"), index: .number("3"))
    ),
    (
      #"\sum_{i}"#,
      .scripts(
        .symbol(.init(text: "∑", takesLimits: true)), lower: letter("i"), upper: nil,
        isLimits: true)
    ),
    (#"\operatorname{round}"#, .identifier("round", isUpright: true)),
    (
      #"\operatorname*{arg\,max}_x"#,
      .scripts(
        .identifier("arg\u{2009}max", isUpright: true), lower: letter("x"), upper: nil,
        isLimits: true)
    ),
    (
      #"\operatorname*{f} + \operatorname{g}_x"#,
      .row([
        .identifier("f", isUpright: true), sign("+"),
        .scripts(
          .identifier("g", isUpright: true), lower: letter("x"), upper: nil, isLimits: false),
      ])
    ),
    (#"\mathrm{KL}"#, .identifier("KL", isUpright: true)),
    (#"\mathbf{x}"#, letter("𝐱")),
    (#"\mathbb{R}"#, letter("ℝ")),
    (#"\text{if } x"#, .row([.text("if "), letter("x")])),
    (
      #"\left( x \right."#, .fenced(open: "(", letter("x"), close: "")
    ),
    (
      #"\begin{pmatrix}1 & 2 \\ 3 & 4 \\\end{pmatrix}"#,
      .fenced(
        open: "(",
        .table(
          .init(
            rows: [[.number("1"), .number("2")], [.number("3"), .number("4")]],
            alignments: [.center], isDisplay: false)), close: ")")
    ),
    (
      #"\displaystyle x + 1"#,
      .style(.row([letter("x"), sign("+"), .number("1")]), isDisplay: true)
    ),
    ("\u{E000}7\u{E001}", .value(7)),
    ("", .row([])),
    (#"\not="#, sign("=\u{338}")),
    (#"a\,b"#, .row([letter("a"), .space(0.167), letter("b")])),
  ]

  @Test(arguments: formulas) func reads(text: String, formula: Formula) throws {
    #expect(try FormulaParser.parse(text) == formula)
  }

  static let mistakes: [(String, String, Range<Int>, String?)] = [
    (#"\frac{1"#, "this brace is never closed", 5..<6, nil),
    (#"\fracc{1}{2}"#, #"unknown command '\fracc' in a formula"#, 0..<6, "fracc"),
    (#"x \tag{1}"#, #"'\tag' is not known: equations are not numbered"#, 2..<6, nil),
    ("a & b", "'&' separates cells only within an environment such as matrix", 2..<3, nil),
    ("x^", "'^' has nothing to apply to", 2..<2, nil),
    ("x_1_2", "a second subscript: put the first in braces", 3..<4, nil),
    (#"\left( a"#, #"'\left' has no '\right' after it"#, 0..<5, nil),
    (#"a \right)"#, #"'\right' has no '\left' before it"#, 2..<8, nil),
    ("a}", "this brace closes nothing", 1..<2, nil),
    (#"\text{a"#, "this brace is never closed", 5..<6, nil),
    (#"\begin{matrx}\end{matrx}"#, "unknown environment 'matrx' in a formula", 0..<6, "matrx"),
    (
      #"\begin{matrix}\end{cases}"#, #"'\begin{matrix}' ends with '\end{cases}'"#, 14..<18, nil
    ),
    (#"\begin{matrix}"#, #"'\begin{matrix}' has no '\end{matrix}'"#, 0..<6, nil),
    (#"\left x y \right)"#, #"'\left' needs a delimiter such as ( or |"#, 6..<7, nil),
    ("x\\", "a backslash with nothing after it", 1..<2, nil),
    (
      #"x^\displaystyle y"#,
      #"'\displaystyle' is for all that follows: put it in braces with that"#, 2..<15, nil
    ),
    (#"\sqrt[3"#, "this bracket is never closed", 5..<6, nil),
    (#"\substack{a \\ b"#, "this brace is never closed", 9..<10, nil),
  ]

  @Test(arguments: mistakes)
  func says(text: String, message: String, range: Range<Int>, unknown: String?) throws {
    let problem = try #require(FormulaParser.problem(in: text))
    #expect(problem.message == message)
    #expect(problem.range == range)
    #expect(problem.unknownName == unknown)
  }

  @Test(arguments: [
    "{", #"\frac"#, #"\sqrt{"#, "x^{", #"\left("#, #"\hat "#, "_", #"\begin{cases}"#,
  ])
  func refusesWhatIsNestedTooDeep(piece: String) {
    let text = String(repeating: piece, count: 1000)
    #expect(FormulaParser.problem(in: text) != nil)
  }

  @Test func refusesWhatIsTooLong() throws {
    Limits.with([.formulaLength: 9]) {
      #expect(FormulaParser.problem(in: "x + y + z")?.message == nil)
      let message = FormulaParser.problem(in: "x + y + zz")?.message
      #expect(message?.contains("10 characters; 9 are allowed") == true)
      #expect(message?.contains("--limit formula-length=18 allows more") == true)
    }
  }

  @Test func refusesWhatIsDeeperThanTheLimit() {
    let text = "{{{{x}}}}"
    #expect(FormulaParser.problem(in: text) == nil)
    Limits.with([.formulaDepth: 4]) {
      #expect(FormulaParser.problem(in: text)?.message.contains("deeper than 4 levels") == true)
    }
  }

  @Test func theHighestDepthFitsOnTheStack() async {
    let piece = #"\left(\frac{a}{\sqrt{"#
    await Task.detached {
      Limits.with([.formulaDepth: Limit.formulaDepth.most]) {
        #expect(FormulaParser.problem(in: String(repeating: piece, count: 1000)) != nil)
      }
    }.value
  }

  /// Hostile text must end in a tree or a message.
  @Test func endsWithAnyText() {
    let pieces = [
      "\\", "{", "}", "^", "_", "&", "\\\\", "'", "[", "]", "\\left", "\\right", "(", "|", "\\frac",
      "\\begin{cases}", "\\end{cases}", "\\text{", "1.", ",", "\u{E000}", "\u{E001}", "9", "\\sqrt",
      "\\not", "\\limits", "x", "\u{338}", "\\substack{",
    ]
    var state: UInt64 = 1
    for _ in 0..<3000 {
      var text = ""
      for _ in 0..<12 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text += pieces[Int(state >> 33) % pieces.count]
      }
      let count = text.unicodeScalars.count
      if let problem = FormulaParser.problem(in: text) {
        #expect(problem.range.upperBound <= count, "\(text)")
      }
    }
  }

  @Test func everyListedCommandIsKnown() {
    for name in FormulaParser.commandNames {
      let problem = FormulaParser.problem(in: "\\\(name) {x}{y}")
      #expect(problem?.message.hasPrefix("unknown command") != true, "\(name)")
    }
  }
}
