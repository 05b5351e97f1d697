import Diagnostics
import Foundation
import InputLimits

/// What a bug report needs to say of one part: of the machine, of the cache.
struct DoctorSection {
  /// One word, in lower case.
  var name: String
  var facts: [DoctorFact] = []
  var problems: [DoctorProblem] = []

  init(_ name: String) { self.name = name }

  mutating func add(_ name: String, _ text: String) {
    facts.append(DoctorFact(name: name, text: text, value: .string(text)))
  }

  mutating func add(_ name: String, _ isSo: Bool) {
    facts.append(DoctorFact(name: name, text: isSo ? "yes" : "no", value: .bool(isSo)))
  }

  mutating func add(_ name: String, _ count: Int) {
    facts.append(DoctorFact(name: name, text: "\(count)", value: .number(Double(count))))
  }

  mutating func add(_ name: String, bytes: Int) {
    let text = ByteCount.rounded(bytes)
    facts.append(DoctorFact(name: name, text: text, value: .number(Double(bytes))))
  }

  /// - Parameter none: what a person reads where there are none.
  mutating func add(_ name: String, _ list: [String], none: String = "none") {
    let text = list.isEmpty ? none : list.joined(separator: " ")
    facts.append(
      DoctorFact(name: name, text: text, value: .array(list.map { .string($0) })))
  }

  mutating func fail(_ what: String, help: String) {
    problems.append(DoctorProblem(section: name, what: what, help: help))
  }
}

struct DoctorFact {
  /// In words; JSON has it as `availableMemory`.
  var name: String
  /// For a person.
  var text: String
  /// For a program; sizes in bytes.
  var value: JSONDocument

  var key: String {
    let words = name.split(separator: " ")
    return (words.prefix(1).map(String.init) + words.dropFirst().map(\.capitalized)).joined()
  }
}

/// Something that keeps Quantbook from working as it should, and what to do.
struct DoctorProblem {
  /// Name of its section.
  var section: String
  var what: String
  var help: String
}
