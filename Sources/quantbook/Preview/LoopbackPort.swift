import ArgumentParser
import FlyingSocks
import Foundation

/// Ports of 127.0.0.1.
enum LoopbackPort {
  static let usual: UInt16 = 4321

  /// A port that nobody listens on.
  ///
  /// - Parameter wanted: this one alone; 0 stands for any, nil for the usual one or the next that is free.
  /// - Throws: `ValidationError` where there is none.
  static func free(wanted: Int?) throws -> UInt16 {
    if let wanted {
      guard let number = UInt16(exactly: wanted), let port = opened(number) else {
        throw ValidationError(
          "port \(wanted) is taken or not yours to use: leave --port out, or give another")
      }
      return port
    }
    guard let port = (usual..<usual + 100).lazy.compactMap(opened).first else {
      throw ValidationError("no port from \(usual) on is free: give one with --port, or 0 for any")
    }
    return port
  }

  /// The port that listening on `port` gives; nil where that is refused.
  private static func opened(_ port: UInt16) -> UInt16? {
    guard let address = try? sockaddr_in.inet(ip4: "127.0.0.1", port: port),
      let socket = try? Socket(domain: AF_INET)
    else { return nil }
    defer { try? socket.close() }
    guard (try? socket.setValue(true, for: .localAddressReuse)) != nil,
      (try? socket.bind(to: address)) != nil,
      case .ip4(_, let opened)? = try? socket.sockname()
    else { return nil }
    return opened
  }
}
