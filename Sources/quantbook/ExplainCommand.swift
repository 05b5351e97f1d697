import ArgumentParser
import Diagnostics

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Says what a kind of mistake is and how to mend it.",
    discussion: """
      Examples:
        quantbook explain QB0203
        quantbook explain 203
        quantbook explain        (lists them all)
      """)

  @Argument(
    help: "The code that stands in brackets after a message.",
    completion: .list(DiagnosticCode.allCases.map(\.rawValue)))
  var code: String?

  func run() throws {
    guard let code else {
      let rows = DiagnosticCode.allCases.map { [$0.rawValue, Self.firstSentence(of: $0)] }
      Terminal.print(TextColumns.aligned(rows))
      return
    }
    guard let found = Self.code(named: code) else {
      let known = DiagnosticCode.allCases.map(\.rawValue)
      let near = nearestNames(to: code.uppercased(), among: known).joined(separator: " or ")
      throw ValidationError(
        "there is no mistake with the code '\(code)'"
          + (near.isEmpty ? "; 'quantbook explain' lists them" : "; did you mean \(near)?"))
    }
    Terminal.print(Self.text(of: found))
  }

  /// `QB0203`, `qb0203`, `0203` or `203`.
  static func code(named text: String) -> DiagnosticCode? {
    let digits = text.uppercased().hasPrefix("QB") ? text.dropFirst(2) : text[...]
    guard !digits.isEmpty, digits.count <= 4, digits.allSatisfy(\.isASCII) else { return nil }
    let padded = String(repeating: "0", count: 4 - digits.count) + digits
    return DiagnosticCode(rawValue: "QB\(padded)")
  }

  static func text(of code: DiagnosticCode) -> String {
    let text = TextColumns.wrapped("\(code.rawValue): \(code.explanation)")
    guard let example = code.example else { return text }
    let remark =
      switch example.form {
      case .notebook: ""
      case .run: "\nCheck cannot see it: only a run tells.\n"
      case .command: "\nNo notebook shows it, but the command that names one.\n"
      }
    let files = example.files.map {
      "\nWith \($0.name):\n\n\(HelpText.indented(Self.trimmed($0.text)))"
    }
    return text + remark + files.joined()
      + "\nMistake:\n\n\(HelpText.indented(example.mistake))"
      + "\nCure:\n\n\(HelpText.indented(example.cure))"
  }

  /// Without the end of the last line.
  private static func trimmed(_ text: String) -> String {
    text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  private static func firstSentence(of code: DiagnosticCode) -> String {
    let text = code.explanation
    guard let end = text.firstRange(of: ". ") else { return text }
    return String(text[..<end.lowerBound]) + "."
  }
}
