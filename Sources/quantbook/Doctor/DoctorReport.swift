import Diagnostics

/// All sections with their problems, to be pasted into a bug report.
///
/// Nothing in it is a secret: of tokens and proxies it says whether there are any, of the Hub's address the
/// host, and the home folder is `~`.
struct DoctorReport {
  var sections: [DoctorSection]

  static var current: Self {
    Self(sections: [.program, .machine, .libraries, .cache, .models, .terminal])
  }

  var problems: [DoctorProblem] { sections.flatMap(\.problems) }

  /// Aligned, each section under its name, with what is wrong at the end.
  var text: String {
    let width = sections.flatMap(\.facts).map(\.name.count).max() ?? 0
    var text = ""
    for section in sections {
      text += "\(section.name)\n"
      for fact in section.facts {
        let gap = String(repeating: " ", count: width - fact.name.count + 2)
        text += "  \(fact.name)\(gap)\(fact.text.onOneLine)\n"
      }
      text += "\n"
    }
    for problem in problems {
      text += "error: \(problem.section): \(problem.what.onOneLine)\n"
      text += "help: \(problem.help.onOneLine)\n"
    }
    return text + (problems.isEmpty ? "No problems found.\n" : "")
  }

  /// An object with a member for each section, and the list `problems`.
  var json: JSONDocument {
    var members = sections.map { section in
      (
        name: section.name,
        value: JSONDocument.object(section.facts.map { (name: $0.key, value: $0.value) })
      )
    }
    let problems = problems.map { problem -> JSONDocument in
      [
        "section": .string(problem.section), "problem": .string(problem.what),
        "help": .string(problem.help),
      ]
    }
    members.append((name: "problems", value: .array(problems)))
    return .object(members)
  }
}
