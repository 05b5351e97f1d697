import Diagnostics
import NotebookRunner

extension FuzzTarget {
  /// A results file: read twice it is the same, and refused with a message.
  static let results = FuzzTarget("results", longest: 8192) { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    let result = Result { () throws(Diagnostic) in
      try CommittedResults(json: text, path: "n.results.json")
    }
    switch result {
    case .success(let results):
      _ = results.editedValues
      let difference = ResultsDifference(from: results, to: results)
      try require(
        difference.violations(of: ResultsDifference.Tolerance()).isEmpty,
        "results differ from themselves")
    case .failure(let diagnostic): try DiagnosticPromises.check([diagnostic])
    }
  }
}
