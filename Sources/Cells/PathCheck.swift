import Diagnostics
import NotebookLanguage

/// Whether a path that an author wrote leads to something in every result that it is used for.
enum PathCheck {
  static func problem(_ path: Spanned<String>, in shapes: [Shape]) -> Diagnostic? {
    for shape in shapes {
      var reached = shape
      var passed: [String] = []
      for name in FieldPath.names(of: path.value) {
        guard case .record(let fields, _, _) = reached else {
          if case .open = reached { break }
          return Diagnostic(
            .unknownField, "'\(FieldPath.text(of: passed))' is a single value", at: path.span)
        }
        guard let next = fields.first(where: { $0.name == name }) else {
          let owner = passed.isEmpty ? "the result" : "'\(FieldPath.text(of: passed))'"
          return Diagnostic(
            .unknownField, "\(owner) has no field '\(name)'", at: path.span,
            help: Diagnostic.suggestion(for: name, among: fields.map(\.name)))
        }
        passed.append(name)
        reached = next.shape
      }
    }
    return nil
  }
}
