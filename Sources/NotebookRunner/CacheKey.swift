import Crypto
import NotebookLanguage

/// The identity of a value: a hash of everything that it depends on, and of nothing else.
enum CacheKey {
  /// SHA-256, in hexadecimal digits, over the directive and its version, the body with its
  /// expressions computed and in canonical form, the keys of the inputs, and the fingerprint of the
  /// files read. `#|` lines and prose are not in it.
  static func of(
    cell: CheckedNotebook.PlannedCell, in scope: ExpressionScope, inputs: [String],
    fingerprint: String?
  ) -> String {
    var hash = SHA256()
    func add(_ text: String) {
      // The length keeps neighbouring texts apart.
      hash.update(data: Array("\(text.utf8.count):\(text)".utf8))
    }
    let type = type(of: cell.cell)
    add(type.name)
    add("\(type.version)")
    add(cell.canonicalBody(in: scope))
    add("\(inputs.count)")
    for input in inputs { add(input) }
    add(fingerprint ?? "")
    return hash.finalize().map { byte in
      let digits = String(byte, radix: 16)
      return digits.count < 2 ? "0" + digits : digits
    }.joined()
  }
}
