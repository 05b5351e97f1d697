public import Markdown

/// How an entry is written in the list of references, and how running text names it.
extension Reference {
  /// `Dettmers and Zettlemoyer`, `Dettmers et al.`; the title where there is no author.
  public var shortAuthors: [Inline] {
    switch authors.count {
    case 0: TeXText.inlines(title)
    case 1: [.text(authors[0].family)]
    case 2: [.text("\(authors[0].family) and \(authors[1].family)")]
    default: [.text("\(authors[0].family) et al.")]
    }
  }

  /// Authors, title, where it appeared, year, and a link.
  public var entry: [Inline] {
    var text: [Inline] = []
    let names = authors.map(\.initialled)
    if !names.isEmpty { text.append(.text(Self.listed(names) + ". ")) }
    text += TeXText.inlines(title)
    text.append(.text(title.hasSuffix("?") || title.hasSuffix("!") ? " " : ". "))
    if !container.isEmpty {
      text.append(.emphasis(TeXText.inlines(container)))
      var place = volume.isEmpty ? "" : " \(volume)"
      if !issue.isEmpty { place += "(\(issue))" }
      if !pages.isEmpty { place += (place.isEmpty ? ", " : ":") + pages }
      text.append(.text(place + ", "))
    }
    if !publisher.isEmpty { text.append(.text(publisher + ", ")) }
    text.append(.text(year.text.isEmpty ? "undated." : "\(year.text)."))
    if let target = link {
      text += [
        .text(" "),
        .link(
          destination: target, title: "",
          content: [.text(doi.isEmpty ? target : "doi:\(doi.droppingResolver)")]),
      ]
    }
    return text
  }

  private var link: String? {
    if !doi.isEmpty { return "https://doi.org/\(doi.droppingResolver)" }
    return url.isEmpty ? nil : url
  }

  private static func listed(_ names: [String]) -> String {
    guard names.count > 1, let last = names.last else { return names.first ?? "" }
    let shown = names.count > 8 ? Array(names.prefix(6)) : Array(names.dropLast())
    return shown.joined(separator: ", ") + (names.count > 8 ? ", et al" : " and \(last)")
  }
}

extension Reference.Name {
  /// `T. Dettmers`.
  fileprivate var initialled: String {
    let initials = given.split { $0 == " " || $0 == "." }.compactMap { word -> String? in
      word.split(separator: "-").compactMap { $0.first.map { "\($0)." } }.joined(separator: "-")
    }
    return (initials + [family]).joined(separator: " ")
  }
}

extension String {
  fileprivate var droppingResolver: String {
    for prefix in ["https://doi.org/", "http://doi.org/", "doi:"] where hasPrefix(prefix) {
      return String(dropFirst(prefix.count))
    }
    return self
  }
}
