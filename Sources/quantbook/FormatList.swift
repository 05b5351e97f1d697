import ArgumentParser

/// `--to html,md,json`.
struct FormatList: ExpressibleByArgument {
  enum Format: String, CaseIterable {
    case html, md, json, csv, ipynb, pdf

    /// Whether it is one text, which can go to standard output.
    var isOneText: Bool { self != .csv && self != .pdf }
  }

  let formats: [Format]

  /// What a run writes if it is not told.
  static let usual = Self(formats: [.html, .md, .json])

  static let allValueStrings = Format.allCases.map(\.rawValue)

  private init(formats: [Format]) { self.formats = formats }

  init?(argument: String) {
    let names = argument.split(separator: ",").map(String.init)
    let formats = names.compactMap(Format.init)
    guard !names.isEmpty, formats.count == names.count else { return nil }
    self.formats = formats
  }

  var defaultValueDescription: String { formats.map(\.rawValue).joined(separator: ",") }
}
