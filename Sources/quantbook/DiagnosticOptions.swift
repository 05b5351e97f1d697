import ArgumentParser
import Diagnostics

/// `--diagnostics text|json|github`: how mistakes are printed.
struct DiagnosticOptions: ParsableArguments {
  enum Form: String, CaseIterable, ExpressibleByArgument {
    case text, json, github

    /// Tells what is no mistake, such as where the report is: to people as it is, to programs as a note.
    func tell(_ message: String) {
      switch self {
      case .text: Terminal.write(message.onOneLine + "\n")
      case .json: Terminal.write(JSONRenderer().render(note: message))
      case .github: Terminal.write(GitHubRenderer().render(note: message))
      }
    }
  }

  @Option(
    name: .customLong("diagnostics"),
    help:
      "How to print mistakes and notes: for people, one JSON object a line, or for GitHub's workflows."
  )
  var form = Form.text

  func tell(_ message: String) { form.tell(message) }

  /// Tells a circumstance of what was asked for.
  func remark(_ message: String) { tell(form == .text ? "note: " + message : message) }

  /// Tells that something was left out.
  func warn(_ message: String) { tell(form == .text ? "warning: " + message : message) }

  /// Tells a mistake outside of any notebook.
  func complain(_ message: String) { tell(form == .text ? "error: " + message : message) }

  /// Prints mistakes to standard error; in text at most 20, and how many more there are.
  func show(_ diagnostics: [Diagnostic]) {
    Terminal.write(painted: rendered(diagnostics, usesColour: Terminal.usesColour))
  }

  /// Prints mistakes that are what the command was asked for: text to standard error, what programs
  /// read to standard output.
  func answer(_ diagnostics: [Diagnostic]) {
    if form == .text {
      show(diagnostics)
    } else {
      Terminal.print(rendered(diagnostics, usesColour: false))
    }
  }

  private func rendered(_ diagnostics: [Diagnostic], usesColour: Bool) -> String {
    switch form {
    case .json: return JSONRenderer().render(diagnostics)
    case .github: return GitHubRenderer().render(diagnostics)
    case .text:
      let limit = 20
      let shown = TextRenderer(usesColour: usesColour).render(Array(diagnostics.prefix(limit)))
      let more = diagnostics.count - limit
      return more > 0 ? shown + "and \(more) more\n" : shown
    }
  }
}
