import Formulas
import Rendering

extension FuzzTarget {
  /// TeX's notation, to MathML.
  static let formula = FuzzTarget("formula", longest: 1024) { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    let problem = FormulaParser.problem(in: text)
    let result = Result { () throws(FormulaError) in try FormulaParser.parse(text) }
    switch result {
    case .success(let formula):
      try require(problem == nil, "a formula that is read has a problem: \(problem?.message ?? "")")
      for isDisplay in [false, true] {
        let writer = MathMLWriter { "<\($0)>" }
        try Markup.check(writer.math(formula, source: text, isDisplay: isDisplay))
      }
    case .failure(let error):
      try require(problem != nil, "a formula that cannot be read has no problem")
      try require(!error.message.isEmpty, "a formula is refused without a word")
      let count = text.unicodeScalars.count
      try require(
        error.range.lowerBound >= 0 && error.range.upperBound <= count,
        "the place \(error.range) lies outside of \(count) scalars")
    }
  }
}
