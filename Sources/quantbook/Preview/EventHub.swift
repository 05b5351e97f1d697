import Diagnostics
import Foundation
import InputLimits
import Synchronization

/// The latest event of each topic, for readers that come, lag or come back: each gets what it has not
/// seen, never a queue of what is past.
final class EventHub: Sendable {
  enum Topic: String {
    /// The page is another.
    case page
    /// What the preview is doing.
    case status
    /// How far the running cell is.
    case cell
    /// Mistakes that have no place on the page.
    case mistakes
    /// The notebook's parameters and their values.
    case parameters
  }

  private struct State {
    var count = 0
    var latest: [Topic: ServerEvent] = [:]
    var readers: [Int: AsyncStream<Void>.Continuation] = [:]
    var readerCount = 0
  }

  /// Distinguishes this run's events from those of an earlier one at the same address.
  let instance: String
  private let readerLimit: Int
  private let state = Mutex(State())

  init(instance: String, readerLimit: Int = Limit.previewReaders.value) {
    self.instance = instance
    self.readerLimit = readerLimit
  }

  func publish(_ topic: Topic, _ data: JSONDocument) {
    let readers = state.withLock { state in
      state.count += 1
      state.latest[topic] = ServerEvent(
        number: state.count, id: "\(instance)-\(state.count)", topic: topic.rawValue,
        data: data.line)
      return Array(state.readers.values)
    }
    for reader in readers { reader.yield() }
  }

  /// Shows readers, and the server, that the connection stands.
  func beat() {
    for reader in state.withLock({ Array($0.readers.values) }) { reader.yield() }
  }

  /// The events after the one with this number, oldest first.
  func events(after number: Int) -> [ServerEvent] {
    state.withLock { $0.latest.values }.filter { $0.number > number }
      .sorted { $0.number < $1.number }
  }

  /// All that comes after an event; nil where there are too many readers.
  ///
  /// - Parameter lastID: `Last-Event-ID` of a reader that comes back.
  func stream(after lastID: String?) -> EventStream? {
    let (wakes, continuation) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let reader = state.withLock { state -> Int? in
      guard state.readers.count < readerLimit else { return nil }
      state.readerCount += 1
      state.readers[state.readerCount] = continuation
      return state.readerCount
    }
    guard let reader else { return nil }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { $0.readers[reader] = nil }
    }
    return EventStream(hub: self, seen: number(of: lastID), wakes: wakes)
  }

  /// 0 for an event of another run.
  private func number(of id: String?) -> Int {
    guard let id, id.hasPrefix(instance + "-") else { return 0 }
    return Int(id.dropFirst(instance.count + 1)) ?? 0
  }
}
