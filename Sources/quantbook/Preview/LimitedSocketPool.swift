import FlyingSocks
import Foundation
import Synchronization

/// A pool that lets connections wait while there are many, and ends those that send nothing for long.
struct LimitedSocketPool<Base: AsyncSocketPool>: AsyncSocketPool {
  let base: Base
  /// About how many may be open.
  let connections: Int
  let idle: Duration

  private let open = OpenConnections()

  init(base: Base, connections: Int, idle: Duration) {
    self.base = base
    self.connections = connections
    self.idle = idle
  }

  func prepare() async throws { try await base.prepare() }

  func run() async throws { try await base.run() }

  func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
    guard OpenConnections.isConnected(socket.file.rawValue) else {
      // It listens.
      while open.count >= connections { try await Task.sleep(for: .milliseconds(50)) }
      return try await base.suspendSocket(socket, untilReadyFor: events)
    }
    open.insert(socket.file.rawValue)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await base.suspendSocket(socket, untilReadyFor: events) }
      group.addTask {
        try await Task.sleep(for: idle)
        throw SocketError.disconnected
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }
}

/// File descriptors of connections. Nobody tells when one is closed, so each is asked.
private final class OpenConnections: Sendable {
  private let files = Mutex<Set<Int32>>([])

  func insert(_ file: Int32) { files.withLock { _ = $0.insert(file) } }

  var count: Int {
    files.withLock { files in
      files = files.filter(Self.isConnected)
      return files.count
    }
  }

  static func isConnected(_ file: Int32) -> Bool {
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(file, $0, &length) }
    } == 0
  }
}
