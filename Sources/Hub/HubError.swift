public import SafeFiles

/// Why a file of the Hub is not to be had, and what to do about it.
public struct HubError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Hashable, Sendable {
    /// There is no such repository, or only others may see it.
    case repositoryNotFound
    /// The repository has no such branch, tag or commit.
    case revisionNotFound
    /// The repository lacks a file that is needed.
    case fileNotFound
    /// Terms are to be accepted first.
    case gated
    /// The token is not valid, or may not read this.
    case unauthorized
    /// The cache has not all of it, and nothing may be fetched.
    case offline
    /// The Hub cannot be reached, or does not answer as it should.
    case unreachable
    /// Too many requests.
    case rateLimited
    /// What came is not what the Hub says the file is.
    case wrongContents
    /// More than is accepted.
    case tooLarge
    /// The device of the cache has no room.
    case noSpace
    /// A variable of the environment cannot be read.
    case invalidSetting
    /// A file of the cache cannot be read or written.
    case file(FileError)
  }

  public var code: Code
  /// One sentence without a full stop.
  public var description: String
  /// What to do, if anything is known to help.
  public var help: String?

  public init(_ code: Code, _ description: String, help: String? = nil) {
    self.code = code
    self.description = description
    self.help = help
  }

  init(_ error: FileError) {
    if case .system(_, let number) = error.code, number == Self.noSpaceLeft {
      self.init(
        .noSpace, "no space is left on the device of \(error.path)",
        help: "make room, or name another folder in HF_HUB_CACHE")
    } else {
      self.init(.file(error), error.description, help: "HF_HUB_CACHE names another folder")
    }
  }

  /// `ENOSPC`, the same number on Linux and macOS.
  private static let noSpaceLeft: Int32 = 28
}

extension HubError {
  /// What an answer other than success means.
  ///
  /// - Parameters:
  ///   - file: that was asked for; nil for the list of files.
  ///   - hasToken: whether the request had one.
  init(_ response: HubResponse, for name: HubName, file: String?, hasToken: Bool, host: String) {
    let page = "\(host)/\(name.kind.resolvePrefix)\(name.repository)"
    let login = "log in with 'hf auth login', or set HF_TOKEN"
    switch (response["x-error-code"], response.status) {
    case ("GatedRepo", _):
      self.init(
        .gated, "'\(name.repository)' is given only to those who accept its terms",
        help: "accept them at \(page)" + (hasToken ? "" : ", then \(login)"))
    case ("RevisionNotFound", _):
      self.init(
        .revisionNotFound, "'\(name.repository)' has no revision '\(name.revision)'",
        help: "its branches and commits are at \(page)/commits")
    case ("EntryNotFound", _):
      self.init(
        .fileNotFound, "'\(name.text)' has no file '\(file ?? "")'",
        help: "its files are at \(page)/tree/\(name.revision)")
    case (_, 401) where hasToken && response["x-error-code"] != "RepoNotFound":
      self.init(
        .unauthorized, "the Hub does not accept the token",
        help: "make another at \(host)/settings/tokens, then \(login)")
    case ("RepoNotFound", _), (_, 401), (_, 404):
      self.init(
        .repositoryNotFound,
        "the Hub has no \(name.kind.rawValue) '\(name.repository)'"
          + (hasToken ? ", or your token may not read it" : ", or shows it only to its owner"),
        help: hasToken
          ? "look for its name at \(host)/\(name.kind.plural)"
          : "look for its name at \(host)/\(name.kind.plural); if it is private, \(login)")
    case (_, 403):
      self.init(
        .unauthorized,
        "the Hub does not give '\(name.repository)'"
          + (response["x-error-message"].map { ": \(Self.printable($0))" } ?? ""),
        help: hasToken ? "see which rights your token has at \(host)/settings/tokens" : login)
    case (_, 429):
      self.init(
        .rateLimited, "the Hub has had too many requests from here",
        help: "try again in some minutes" + (hasToken ? "" : "; \(login) to be given more"))
    default:
      self.init(
        .unreachable, "\(host) answers with status \(response.status)",
        help: "try again later")
    }
  }

  /// What an answer other than success means of a host that the Hub has led to.
  ///
  /// - Parameter storage: the host, with scheme and port.
  init(storage: String, _ response: HubResponse, for name: HubName, file: String?) {
    let what = file.map { "'\($0)' of '\(name.repository)'" } ?? "'\(name.repository)'"
    switch response.status {
    case 401, 403:
      self.init(
        .unreachable,
        "\(storage) refuses \(what) with status \(response.status), also by a fresh address from the Hub",
        help:
          "your rights to the repository are not the matter, since the Hub gave that address; try "
          + "again later, or see whether a proxy or firewall keeps you from that host")
    default:
      self.init(
        .unreachable,
        "\(storage), where the Hub has \(what), answers with status \(response.status)",
        help: "try again later")
    }
  }

  /// What a server says, without what terminals take for orders.
  private static func printable(_ text: String) -> String {
    let shown = text.unicodeScalars.filter { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }
    return String(String.UnicodeScalarView(shown.prefix(200)))
  }
}
