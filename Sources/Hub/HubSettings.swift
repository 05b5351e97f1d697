public import SafeFiles

/// Where the cache is and whom to ask, by the variables that huggingface_hub has for it.
///
/// Other than there, an empty variable counts as none. Source: huggingface_hub 2.4, `constants.py`,
/// `utils/_auth.py`.
public struct HubSettings: Sendable {
  /// `HF_HUB_CACHE`, else `HUGGINGFACE_HUB_CACHE`, else `hub` in `HF_HOME`, which is `huggingface` in
  /// `XDG_CACHE_HOME` or `~/.cache`.
  public var cacheFolder: String
  /// `HF_ENDPOINT`, without a slash at its end; else the Hub itself.
  public var endpoint = Self.usualEndpoint
  /// `HF_TOKEN` or `HUGGING_FACE_HUB_TOKEN`, else the file at `HF_TOKEN_PATH`, or `token` in `HF_HOME`; nil
  /// where there is none, or `HF_HUB_DISABLE_IMPLICIT_TOKEN` is set.
  public var token: String?
  /// `HF_HUB_OFFLINE`, or `TRANSFORMERS_OFFLINE`: nothing may be fetched.
  public var isOffline = false
  /// Seconds that a request for what a file is may be without an answer: `HF_HUB_ETAG_TIMEOUT`.
  public var metadataTimeout = 10
  /// Seconds that a download may stand still: `HF_HUB_DOWNLOAD_TIMEOUT`.
  public var downloadTimeout = 10

  /// Scheme, host and port of the endpoint: what of it may be shown to others.
  public var origin: String? { HubAddress(endpoint)?.origin }

  public static let usualEndpoint = "https://huggingface.co"

  /// - Parameter variable: gives the variables of the environment.
  /// - Throws: `HubError` with `invalidSetting`.
  public init(
    variable: @escaping (String) -> String? = CacheFolder.environmentVariable
  ) throws(HubError) {
    let environment = Environment(variable)
    let home =
      environment.path("HF_HOME")
      ?? (environment.value("XDG_CACHE_HOME") ?? environment.home + "/.cache") + "/huggingface"
    cacheFolder =
      environment.path("HF_HUB_CACHE") ?? environment.path("HUGGINGFACE_HUB_CACHE") ?? home + "/hub"
    if let text = environment.value("HF_ENDPOINT") {
      endpoint = try Self.endpoint(text)
    }
    if !environment.isTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN") {
      let file = environment.path("HF_TOKEN_PATH") ?? home + "/token"
      if let text = environment.value("HF_TOKEN") ?? environment.value("HUGGING_FACE_HUB_TOKEN") {
        token = try Self.token(text, from: "HF_TOKEN")
      } else if let text = ReadableFolders.withoutLimits({
        try? BoundedReader.text(path: file, limit: 1 << 16)
      }) {
        token = try Self.token(text, from: file)
      }
    }
    isOffline = environment.isTrue(
      environment.value("HF_HUB_OFFLINE") == nil ? "TRANSFORMERS_OFFLINE" : "HF_HUB_OFFLINE")
    metadataTimeout = try environment.seconds("HF_HUB_ETAG_TIMEOUT") ?? metadataTimeout
    downloadTimeout = try environment.seconds("HF_HUB_DOWNLOAD_TIMEOUT") ?? downloadTimeout
  }

  private static func endpoint(_ text: String) throws(HubError) -> String {
    var text = text
    while text.hasSuffix("/") { text.removeLast() }
    // It is not told what stands there: that may be a password.
    guard let address = HubAddress(text), address.query == nil else {
      throw HubError(
        .invalidSetting, "HF_ENDPOINT is no address of a Hub",
        help: "an address is like \(usualEndpoint), with no user, password or query in it; "
          + "HF_TOKEN is for the token")
    }
    return text
  }

  /// A token becomes a part of a header: nothing in it may end that.
  private static func token(_ text: String, from source: String) throws(HubError) -> String? {
    let token = text.split { $0.isWhitespace }
    guard let first = token.first else { return nil }
    guard token.count == 1, first.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
      throw HubError(
        .invalidSetting, "\(source) holds no token: it has spaces or characters that none has",
        help: "a token is like hf_…, made at \(usualEndpoint)/settings/tokens")
    }
    return String(first)
  }
}

/// Variables as huggingface_hub reads them.
private struct Environment {
  private let variable: (String) -> String?

  init(_ variable: @escaping (String) -> String?) { self.variable = variable }

  func value(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }

  var home: String { value("HOME") ?? "" }

  func isTrue(_ name: String) -> Bool {
    value(name).map { ["1", "ON", "YES", "TRUE"].contains($0.uppercased()) } ?? false
  }

  /// nil where it is not set, or zero.
  func seconds(_ name: String) throws(HubError) -> Int? {
    guard let text = value(name) else { return nil }
    guard let seconds = Int(text), 0...86_400 ~= seconds else {
      throw HubError(.invalidSetting, "\(name) is no number of seconds: '\(text.prefix(40))'")
    }
    return seconds == 0 ? nil : seconds
  }

  /// With `~` and variables in it replaced.
  func path(_ name: String) -> String? {
    guard var path = value(name) else { return nil }
    if path == "~" || path.hasPrefix("~/") { path = home + path.dropFirst() }
    var result = ""
    var rest = path[...]
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[dollar...]
      let (name, whole) = Self.variable(at: rest)
      result += name.flatMap { variable(String($0)) } ?? String(whole)
      rest = rest[whole.endIndex...]
    }
    return result + rest
  }

  /// The variable that a text begins with, `$NAME` or `${NAME}`: its name and all that stands for it.
  private static func variable(at text: Substring) -> (name: Substring?, whole: Substring) {
    let after = text.dropFirst()
    if after.first == "{", let close = after.firstIndex(of: "}") {
      return (after[..<close].dropFirst(), text[...close])
    }
    let name = after.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    return name.isEmpty ? (nil, text.prefix(1)) : (name, text[..<name.endIndex])
  }
}
