/// Commands that apply to what stands beside them. Those that stand for themselves, and accents and
/// alphabets, are in `FormulaSymbols`.
enum FormulaCommand: String, CaseIterable {
  case frac, dfrac, tfrac, binom, sqrt
  case overset, underset, stackrel, phantom, not
  case bmod, pmod, mod
  case operatorname
  case left, middle, right
  case begin, end, substack
  case limits, nolimits
  case displaystyle, textstyle
}
