import ArgumentParser

/// `--to html,md,json`.
struct FormatList: ExpressibleByArgument {
  enum Format: String, CaseIterable {
    case html, md, json
  }

  let formats: [Format]

  static let all = Self(formats: Format.allCases)

  private init(formats: [Format]) { self.formats = formats }

  init?(argument: String) {
    let names = argument.split(separator: ",").map(String.init)
    let formats = names.compactMap(Format.init)
    guard !names.isEmpty, formats.count == names.count else { return nil }
    self.formats = formats
  }

  var defaultValueDescription: String { formats.map(\.rawValue).joined(separator: ",") }
}
