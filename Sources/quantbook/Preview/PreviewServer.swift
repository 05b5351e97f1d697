import Diagnostics
import FlyingSocks
import Foundation
import InputLimits
import PreviewRequests
import Synchronization

/// Serves a session's page to this machine alone: the page, what happens to it, and its controls.
///
/// HTTP is our own here: the servers that there are for Swift without SwiftNIO read heads without a limit.
struct PreviewServer: Sendable {
  let port: UInt16
  let session: PreviewSession

  /// How many may be open; more wait until one ends.
  private static let heartbeat = Duration.seconds(5)

  var address: String { "http://127.0.0.1:\(port)/" }

  /// Serves until the task is cancelled.
  ///
  /// - Parameter onListening: is called when the address can be opened.
  func run(onListening: @escaping @Sendable () -> Void) async throws {
    // A client that has gone is an error of writing, not the end of this process.
    _ = signal(SIGPIPE, SIG_IGN)
    let pool = SocketPool<Poll>.make()
    try await pool.prepare()
    let socket = try Socket(domain: AF_INET)
    defer { try? socket.close() }
    try socket.setValue(true, for: .localAddressReuse)
    try socket.bind(to: try sockaddr_in.inet(ip4: "127.0.0.1", port: port))
    try socket.listen()
    let listener = try AsyncSocket(socket: socket, pool: pool)
    try await withThrowingTaskGroup(of: Void.self) { group in
      defer { group.cancelAll() }
      group.addTask { try await pool.run() }
      group.addTask { try await accept(on: listener) }
      group.addTask {
        while true {
          try await Task.sleep(for: Self.heartbeat)
          session.events.beat()
        }
      }
      onListening()
      try await group.next()
    }
  }

  private func accept(on listener: AsyncSocket) async throws {
    let open = OpenConnections()
    try await withThrowingDiscardingTaskGroup { group in
      while true {
        while open.count >= Limit.previewConnections.value {
          try await Task.sleep(for: .milliseconds(20))
        }
        guard let socket = try? await listener.accept() else {
          // Without a file to spare, until one is closed.
          try await Task.sleep(for: .milliseconds(50))
          continue
        }
        open.change(by: 1)
        group.addTask {
          await ClientConnection(socket: socket).serve(answer, accepts: accept)
          open.change(by: -1)
        }
      }
    }
  }

  private func accept(_ request: PreviewRequest) throws(PreviewRequest.Refusal) {
    _ = try request.resource(port: port, token: session.token)
  }

  private func answer(
    _ request: PreviewRequest, _ body: Data
  ) throws(PreviewRequest.Refusal) -> PreviewResponse {
    switch try request.resource(port: port, token: session.token) {
    case .page: return .page(session.page.html())
    case .events:
      guard request.method != "HEAD" else { return .empty("text/event-stream") }
      guard let stream = session.events.stream(after: request.headers["last-event-id"]) else {
        throw .tooManyReaders
      }
      return .events(stream)
    case .parameters:
      guard let values = try? JSONDecoder().decode([String: String].self, from: body) else {
        throw .badRequest
      }
      let mistakes = session.set(values)
      return .json(
        JSONDocument.object(mistakes.map { ($0.name, .string($0.text)) }).line,
        isAccepted: mistakes.isEmpty)
    }
  }
}

private final class OpenConnections: Sendable {
  private let number = Mutex(0)

  var count: Int { number.withLock { $0 } }

  func change(by difference: Int) { number.withLock { $0 += difference } }
}
