import PreviewRequests

extension FuzzTarget {
  /// The head of a request to the live preview.
  static let previewRequest = FuzzTarget("preview-request", longest: 2048) { bytes in
    guard let request = try? PreviewRequest(head: bytes) else { return }
    try require(request.bodyLength >= 0, "a body of \(request.bodyLength) bytes")
    try require(request.headers.count <= 100, "\(request.headers.count) headers")
    for (name, value) in request.headers {
      try require(name == name.lowercased() && !name.isEmpty, "a header '\(name)'")
      try require(
        (name + value).utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 },
        "the header '\(name)' has a control character")
    }
    guard let resource = try? request.resource(port: 4321, token: "secret") else { return }
    let host = request.headers["host"]?.lowercased()
    try require(
      host == "127.0.0.1:4321" || host == "localhost:4321", "an answer to \(host ?? "nobody")")
    guard resource == .parameters else { return }
    try require(
      request.method == "POST" && request.headers["x-preview-token"] == "secret"
        && request.headers["origin"]?.lowercased() == "http://\(host ?? "")",
      "parameters from elsewhere")
  }
}
