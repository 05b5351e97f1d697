import Diagnostics
import NotebookLanguage

/// Whether a path that an author wrote leads to what is wanted in every result that it is used for.
enum PathCheck {
  /// What stands at the end of the path.
  enum Wanted {
    /// A value that can be shown.
    case value
    case number
    case list

    fileprivate func allows(_ kind: Value.Kind) -> Bool {
      switch self {
      case .value: kind != .record
      case .number: kind == .number
      case .list: kind == .list
      }
    }

    fileprivate var name: String {
      switch self {
      case .value: "a single value"
      case .number: "a number"
      case .list: "a list"
      }
    }
  }

  static func problem(
    _ path: Spanned<String>, in shapes: [Shape], wanting wanted: Wanted
  ) -> Diagnostic? {
    let steps = FieldPath.steps(of: path.value)
    for shape in shapes {
      guard let reached = reached(by: steps, of: path, in: shape) else { continue }
      switch reached {
      case .failure(let problem): return problem
      case .success(let end):
        guard let kind = end.kind, !wanted.allows(kind) else { continue }
        return Diagnostic(
          .expressionType, "\(wanted.name) is needed here, but this is \(kind.rawValue)",
          at: path.span,
          help: suggestion(in: end, wanting: wanted, as: "name one of its fields")
            ?? suggestion(in: [shape], wanting: wanted))
      }
    }
    return nil
  }

  /// Paths of the results that lead to what is wanted; nil where none is known.
  static func suggestion(in results: [Shape], wanting wanted: Wanted) -> String? {
    results.first.flatMap { suggestion(in: $0, wanting: wanted, as: "paths to \(wanted.name)") }
  }

  private static func suggestion(
    in shape: Shape, wanting wanted: Wanted, as subject: String
  ) -> String? {
    let paths = paths(in: shape, wanting: wanted)
    guard !paths.isEmpty else { return nil }
    let shown = paths.prefix(6).joined(separator: ", ")
    return "\(subject): " + shown + (paths.count > 6 ? ", …" : "")
  }

  private static func paths(in shape: Shape, wanting wanted: Wanted) -> [String] {
    guard case .record(let fields, _, _) = shape else { return [] }
    return fields.flatMap { field -> [String] in
      if let kind = field.shape.kind, wanted.allows(kind) { return [field.name] }
      return paths(in: field.shape, wanting: wanted).map { "\(field.name).\($0)" }
    }
  }

  /// What is wrong with a path; only the step at fault is marked.
  static func problem(_ path: Spanned<String>, in shape: Shape) -> Diagnostic? {
    guard
      case .failure(let problem)? = reached(
        by: FieldPath.steps(of: path.value), of: path, in: shape)
    else { return nil }
    return problem
  }

  /// The shape at the end; nil where that is not known.
  private static func reached(
    by steps: [FieldPath.Step], of path: Spanned<String>, in shape: Shape
  ) -> Result<Shape, Diagnostic>? {
    var reached = shape
    for (index, step) in steps.enumerated() {
      let owner = FieldPath.text(of: steps[..<index].map(\.name))
      switch reached {
      case .open: return nil
      case .leaf:
        return .failure(
          Diagnostic(
            .unknownField,
            owner.isEmpty
              ? "what a column names is a single value here, which has no field '\(step.name)'"
              : "'\(owner)' is a single value", at: path.span(of: step.range),
            help: owner.isEmpty
              ? "'from' names the results of an evaluate cell, or a set of them" : nil))
      case .record:
        guard let next = reached[step.name] else {
          return .failure(
            Diagnostic(
              .unknownField,
              "\(owner.isEmpty ? "the result" : "'\(owner)'") has no field '\(step.name)'",
              at: path.span(of: step.range),
              help: Diagnostic.suggestion(for: step.name, among: reached.fieldNames)))
        }
        reached = next
      }
    }
    return .success(reached)
  }
}
