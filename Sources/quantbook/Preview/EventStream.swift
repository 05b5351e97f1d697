/// A server-sent event.
///
/// Reference: HTML Living Standard, section 9.2.
struct ServerEvent: Sendable {
  /// From 1.
  var number: Int
  var id: String
  var topic: String
  var data: String

  /// As it is sent: each line of the data a field of its own.
  var framed: String {
    let lines = data.split(omittingEmptySubsequences: false) { $0.isNewline }
    return "id: \(id)\nevent: \(topic)\n" + lines.map { "data: \($0)\n" }.joined() + "\n"
  }
}

/// What one reader gets of a hub's events, as bytes: those it has not seen, and a comment as a sign of
/// life where there are none.
struct EventStream: AsyncSequence, Sendable {
  let hub: EventHub
  let seen: Int
  let wakes: AsyncStream<Void>

  func makeAsyncIterator() -> Iterator {
    Iterator(hub: hub, seen: seen, wakes: wakes.makeAsyncIterator())
  }

  struct Iterator: AsyncIteratorProtocol {
    let hub: EventHub
    var seen: Int
    var wakes: AsyncStream<Void>.Iterator
    private var isOpen = false

    init(hub: EventHub, seen: Int, wakes: AsyncStream<Void>.Iterator) {
      self.hub = hub
      self.seen = seen
      self.wakes = wakes
    }

    mutating func next() async -> [UInt8]? {
      // How soon, in milliseconds, a browser that lost the connection tries again.
      var text = "retry: 500\n\n"
      if isOpen {
        guard await wakes.next() != nil else { return nil }
        text = ": \n\n"
      }
      let events = hub.events(after: seen)
      if let last = events.last {
        seen = last.number
        text = (isOpen ? "" : text) + events.map(\.framed).joined()
      }
      isOpen = true
      return Array(text.utf8)
    }
  }
}
