import FlyingSocks
import Foundation
import InputLimits
import PreviewRequests

/// One client of the preview: its request is read within limits of size and time, answered, and the
/// connection closed. A request that breaks a limit is refused when it does, not when it ends.
struct ClientConnection: Sendable {
  /// For a request to arrive, and for a client to take each piece of a response.
  static let patience = Duration.seconds(10)
  private static let pieceBytes = 65_536

  let socket: AsyncSocket

  /// - Parameter answer: gives a response to a request and its body.
  func serve(
    _ answer:
      @escaping @Sendable (PreviewRequest, Data) throws(PreviewRequest.Refusal) ->
      PreviewResponse,
    accepts: @escaping @Sendable (PreviewRequest) throws(PreviewRequest.Refusal) -> Void
  ) async {
    defer { try? socket.close() }
    do {
      let (response, sendsBody) = try await Self.within(Self.patience) {
        try await self.response(answer, accepts: accepts)
      }
      try await write(response.head)
      if sendsBody {
        switch response.body {
        case .whole(let data): try await write(data)
        case .events(let stream): try await send(stream)
        }
      }
      // Closing while something arrives would throw away a response that is under way.
      shutdown(socket.socket.file.rawValue, Int32(SHUT_WR))
      try await Self.within(.seconds(1)) { await drain() }
    } catch {
      // The client has gone or is too slow: there is nobody to tell.
    }
  }

  private func response(
    _ answer: (PreviewRequest, Data) throws(PreviewRequest.Refusal) -> PreviewResponse,
    accepts: (PreviewRequest) throws(PreviewRequest.Refusal) -> Void
  ) async throws -> (PreviewResponse, sendsBody: Bool) {
    var sendsBody = true
    do {
      let (head, rest) = try await readHead()
      let request = try PreviewRequest(head: head)
      sendsBody = request.method != "HEAD"
      try accepts(request)
      let body = try await readBody(request.bodyLength, from: rest)
      return (try answer(request, body), sendsBody)
    } catch let refusal as PreviewRequest.Refusal {
      return (.refusal(refusal), sendsBody)
    }
  }

  /// The bytes before the empty line, and those after it that have come along.
  private func readHead() async throws -> (head: ArraySlice<UInt8>, rest: ArraySlice<UInt8>) {
    let end = Array("\r\n\r\n".utf8)
    var bytes: [UInt8] = []
    var searched = 0
    while true {
      bytes += try await socket.read(atMost: 4_096)
      while searched + end.count <= bytes.count {
        if bytes[searched..<searched + end.count].elementsEqual(end) {
          return (bytes[..<searched], bytes[(searched + end.count)...])
        }
        searched += 1
      }
      guard bytes.count < PreviewRequest.longestHead else {
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        throw line.count > Limit.previewTargetBytes.value + 64
          ? PreviewRequest.Refusal.targetTooLong : .headersTooLarge
      }
    }
  }

  /// - Parameter length: has been accepted.
  private func readBody(_ length: Int, from rest: ArraySlice<UInt8>) async throws -> Data {
    var body = Data(rest.prefix(length))
    while body.count < length {
      body += try await socket.read(atMost: min(4_096, length - body.count))
    }
    return body
  }

  private func write(_ data: Data) async throws {
    var rest = data[...]
    while !rest.isEmpty {
      let piece = Data(rest.prefix(Self.pieceBytes))
      rest = rest.dropFirst(piece.count)
      try await Self.within(Self.patience) { try await socket.write(piece) }
    }
  }

  /// Sends events until there are no more or the client goes: an end of what it sends says so at once.
  private func send(_ stream: EventStream) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      defer { group.cancelAll() }
      group.addTask { for await piece in stream { try await write(Data(piece)) } }
      group.addTask { await drain() }
      try await group.next()
    }
  }

  /// Reads on until the client ends, or has sent more than any that means well.
  private func drain() async {
    var rest = 1 << 20
    while rest > 0, let bytes = try? await socket.read(atMost: 4_096) { rest -= bytes.count }
  }

  /// - Throws: `SocketError.disconnected` where it takes longer, and what the body throws.
  private static func within<Value: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
      defer { group.cancelAll() }
      group.addTask(operation: body)
      group.addTask {
        try await Task.sleep(for: limit)
        throw SocketError.disconnected
      }
      guard let value = try await group.next() else { throw SocketError.disconnected }
      return value
    }
  }
}
