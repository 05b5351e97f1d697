import Diagnostics
import TestSupport
import Testing

@testable import NotebookLanguage

/// The evaluator beside a slow and obvious one, on expressions made at random from a fixed seed.
@Suite struct ExpressionPropertyTests {
  /// An expression as a tree that is easy to read: how it is written, and what it must come to.
  private indirect enum Tree {
    case number(Double, String)
    case name(String)
    case negated(Tree)
    case sum(Tree, String, Tree)
    case product(Tree, String, Tree)
    case comparison(Tree, String, Tree)
    case not(Tree)
    case and(Tree, Tree)
    case or(Tree, Tree)
    case choice(Tree, if: Tree, else: Tree)

    /// Binding strength, from `if … else` to a single value.
    var strength: Int {
      switch self {
      case .choice: 0
      case .or: 1
      case .and: 2
      case .not: 3
      case .comparison: 4
      case .sum: 5
      case .product: 6
      case .negated: 7
      case .number, .name: 8
      }
    }

    /// With parentheses only where they are needed.
    var text: String {
      switch self {
      case .number(_, let text): text
      case .name(let name): name
      case .negated(let inner): "-" + inner.text(above: 8)
      case .sum(let a, let sign, let b): a.text(above: 5) + " \(sign) " + b.text(above: 6)
      case .product(let a, let sign, let b): a.text(above: 6) + " \(sign) " + b.text(above: 7)
      case .comparison(let a, let sign, let b): a.text(above: 5) + sign + b.text(above: 5)
      case .not(let inner): "not " + inner.text(above: 3)
      case .and(let a, let b): a.text(above: 2) + " and " + b.text(above: 3)
      case .or(let a, let b): a.text(above: 1) + " or " + b.text(above: 2)
      case .choice(let a, let condition, let b):
        a.text(above: 1) + " if " + condition.text(above: 1) + " else " + b.text(above: 0)
      }
    }

    private func text(above least: Int) -> String { strength < least ? "(\(text))" : text }

    var number: Double {
      switch self {
      case .number(let value, _): value
      case .name(let name): ExpressionPropertyTests.values[name] ?? .nan
      case .negated(let inner): -inner.number
      case .sum(let a, let sign, let b): sign == "+" ? a.number + b.number : a.number - b.number
      case .product(let a, let sign, let b): sign == "*" ? a.number * b.number : a.number / b.number
      case .choice(let a, let condition, let b): condition.holds ? a.number : b.number
      default: .nan
      }
    }

    var holds: Bool {
      switch self {
      case .comparison(let a, let sign, let b):
        switch sign {
        case " < ": a.number < b.number
        case "<=": a.number <= b.number
        case " > ": a.number > b.number
        case ">=": a.number >= b.number
        case " == ": a.number == b.number
        default: a.number != b.number
        }
      case .not(let inner): !inner.holds
      case .and(let a, let b): a.holds && b.holds
      case .or(let a, let b): a.holds || b.holds
      default: false
      }
    }
  }

  private static let values = [
    "a": 3.0, "b": -0.5, "zero": 0.0, "big": 1e300, "endless": Double.infinity, "none": Double.nan,
  ]
  private static let scope = ExpressionScope(values.mapValues { .number(Number($0)) })

  private struct Maker {
    var random: SplitMix64

    mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    mutating func number(_ depth: Int) -> Tree {
      if depth == 0 || below(5) == 0 {
        if below(2) == 0 {
          let value = [0, 1, 2, 0.25, 10, 1e9, 1e308][below(7)]
          return .number(value, value == 1e308 ? "1e308" : value == 0.25 ? ".25" : "\(value)")
        }
        return .name(["a", "b", "zero", "big", "endless", "none"][below(6)])
      }
      switch below(4) {
      case 0: return .negated(number(depth - 1))
      case 1: return .sum(number(depth - 1), below(2) == 0 ? "+" : "-", number(depth - 1))
      case 2: return .product(number(depth - 1), below(2) == 0 ? "*" : "/", number(depth - 1))
      default:
        return .choice(number(depth - 1), if: condition(depth - 1), else: number(depth - 1))
      }
    }

    mutating func condition(_ depth: Int) -> Tree {
      if depth == 0 || below(3) == 0 {
        let sign = [" < ", "<=", " > ", ">=", " == ", " != "][below(6)]
        return .comparison(number(max(depth - 1, 0)), sign, number(max(depth - 1, 0)))
      }
      switch below(3) {
      case 0: return .not(condition(depth - 1))
      case 1: return .and(condition(depth - 1), condition(depth - 1))
      default: return .or(condition(depth - 1), condition(depth - 1))
      }
    }
  }

  private func value(_ text: String) throws -> Value {
    let file = SourceFile(name: "n.md", text: text)
    let span = SourceSpan(file: file, range: 0..<text.utf8.count)
    return try ExpressionParser.parse(span).value(in: Self.scope)
  }

  @Test("numbers come out as the reference computes them, and say why they are not finite")
  func numbers() throws {
    var maker = Maker(random: SplitMix64(seed: 1))
    for _ in 0..<3000 {
      let tree = maker.number(4)
      let found = try #require(try value(tree.text).asNumber, "\(tree.text)")
      let wanted = tree.number
      #expect(found.value == wanted || (found.value.isNaN && wanted.isNaN), "\(tree.text)")
    }
  }

  @Test("conditions hold where the reference says so")
  func conditions() throws {
    var maker = Maker(random: SplitMix64(seed: 2))
    for _ in 0..<3000 {
      let tree = maker.condition(4)
      #expect(try value(tree.text) == .bool(tree.holds), "\(tree.text)")
    }
  }

  @Test("what an expression of finite numbers makes infinite or undefined has a cause")
  func causes() throws {
    var maker = Maker(random: SplitMix64(seed: 3))
    var count = 0
    for _ in 0..<3000 {
      let tree = maker.number(3)
      let text = tree.text
      guard !text.contains("endless"), !text.contains("none"), !tree.number.isFinite else {
        continue
      }
      #expect(try value(text).asNumber?.cause != nil, "\(text)")
      count += 1
    }
    #expect(count > 50)
  }
}
