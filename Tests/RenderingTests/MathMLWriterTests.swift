import Formulas
import Testing

@testable import Rendering

@Suite struct MathMLWriterTests {
  private func mathML(_ text: String, isDisplay: Bool = false) throws -> String {
    MathMLWriter(value: { "value \($0) <b>" })
      .math(try FormulaParser.parse(text), source: "source", isDisplay: isDisplay)
  }

  private func content(_ text: String) throws -> String {
    let whole = try mathML(text)
    let start = try #require(whole.firstRange(of: "<semantics>"))
    let end = try #require(whole.firstRange(of: "<annotation"))
    return String(whole[start.upperBound..<end.lowerBound])
  }

  static let formulas: [(String, String)] = [
    ("x", "<mi>x</mi>"),
    ("-1", "<mrow><mo form=\"prefix\">−</mo><mn>1</mn></mrow>"),
    ("a-1", "<mrow><mi>a</mi><mo>−</mo><mn>1</mn></mrow>"),
    ("x_i^2", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
    (#"\sum_i"#, "<munder><mo movablelimits=\"true\">∑</mo><mi>i</mi></munder>"),
    (#"\frac{1}{n+1}"#, "<mfrac><mn>1</mn><mrow><mi>n</mi><mo>+</mo><mn>1</mn></mrow></mfrac>"),
    (#"\sqrt{x}"#, "<msqrt><mi>x</mi></msqrt>"),
    (#"\log x"#, "<mrow><mi>log</mi><mo>\u{2061}</mo><mspace width=\"0.167em\"/><mi>x</mi></mrow>"),
    (#"\Gamma"#, "<mi mathvariant=\"normal\">Γ</mi>"),
    (#"\text{a b}"#, "<mtext>a\u{A0}b</mtext>"),
    (
      "x_{s<t}",
      "<msub><mi>x</mi><mrow><mi>s</mi><mo lspace=\"0\" rspace=\"0\">&lt;</mo><mi>t</mi></mrow></msub>"
    ),
    ("(", "<mo stretchy=\"false\">(</mo>"),
    ("a<b", "<mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow>"),
    (#"\hat{x}"#, "<mover accent=\"true\"><mi>x</mi><mo stretchy=\"false\">^</mo></mover>"),
    ("\u{E000}3\u{E001}", "<mtext>value 3 &lt;b&gt;</mtext>"),
  ]

  @Test(arguments: formulas) func writes(text: String, expected: String) throws {
    #expect(try content(text) == expected)
  }

  @Test func keepsTheSourceAsAnAnnotation() throws {
    let whole = try mathML("x", isDisplay: true)
    #expect(whole.hasPrefix("<math display=\"block\"><semantics><mi>x</mi>"))
    #expect(whole.contains("<annotation encoding=\"application/x-tex\">source</annotation>"))
  }

  @Test func laysOutAlignedEquations() throws {
    let html = try content(#"\begin{aligned}a &= b \\ &= c\end{aligned}"#)
    #expect(
      html.contains("<mtable displaystyle=\"true\" class=\"aligned\"><mtr><mtd class=\"right\">"))
    #expect(html.ranges(of: "<mtr>").count == 2)
  }
}
