import Diagnostics
import NotebookLanguage

extension FuzzTarget {
  /// An expression beside a slow, obvious reader and evaluator: both accept it with the same value, or
  /// both refuse it.
  static let expression = FuzzTarget("expression", longest: 160) { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    let file = SourceFile(name: "n.md", text: text)
    let source = ExpressionSource(SourceSpan(file: file, range: 0..<file.bytes.count))
    let found = Result { () throws(Diagnostic) in try ExpressionParser.parse(source) }
      .flatMap { expression in
        Result { () throws(Diagnostic) in try expression.value(in: ReferenceExpression.scope) }
      }
    if case .failure(let diagnostic) = found {
      try DiagnosticPromises.check([diagnostic])
      // The reference knows no limits.
      if diagnostic.code == .tooComplex { return }
    }
    let wanted = Result { () throws(ReferenceExpression.Refusal) in
      try ReferenceExpression(file.bytes).value()
    }
    switch (found, wanted) {
    case (.failure, .failure): break
    case (.success(let value), .success(let outcome)):
      try require(outcome.isEqual(to: value), "\(value), but the reference says \(outcome)")
    case (.success(let value), .failure):
      throw BrokenPromise(description: "\(value), but the reference refuses")
    case (.failure(let diagnostic), .success(let outcome)):
      throw BrokenPromise(description: "'\(diagnostic.message)', but the reference says \(outcome)")
    }
  }
}
