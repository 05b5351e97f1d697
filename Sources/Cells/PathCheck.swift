import Diagnostics
import NotebookLanguage

/// Whether a path that an author wrote leads to something in every result that it is used for.
enum PathCheck {
  static func problem(_ path: Spanned<String>, in shapes: [Shape]) -> Diagnostic? {
    for shape in shapes {
      var reached = shape
      var passed: [Substring] = []
      for name in path.value.split(separator: ".") {
        guard case .record(let fields, _) = reached else {
          if case .open = reached { break }
          return Diagnostic(
            .unknownField, "'\(passed.joined(separator: "."))' is a single value", at: path.span)
        }
        guard let next = fields.first(where: { $0.name == name }) else {
          let owner = passed.isEmpty ? "the result" : "'\(passed.joined(separator: "."))'"
          return Diagnostic(
            .unknownField, "\(owner) has no field '\(name)'", at: path.span,
            help: Diagnostic.suggestion(for: String(name), among: fields.map(\.name)))
        }
        passed.append(name)
        reached = next.shape
      }
    }
    return nil
  }
}
