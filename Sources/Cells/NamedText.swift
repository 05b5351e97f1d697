import Foundation
import StarterModel

/// A text that notebooks can name without a path.
struct NamedText {
  let name: String
  let url: URL
  /// The parts that the text was published in and that can be read; the first where none is named.
  let splits: [String]

  /// All of them. Texts of published data sets, with more than one split, are more entries.
  static let all = [
    NamedText(name: "house-prose", url: StarterModel.houseProse, splits: ["test"])
  ]

  static func named(_ name: String) -> Self? { all.first { $0.name == name } }
}
