import Diagnostics
import Testing

@testable import quantbook

@Suite struct EventStreamTests {
  private func text(_ iterator: inout EventStream.Iterator) async throws -> String {
    String(decoding: try #require(await iterator.next()), as: UTF8.self)
  }

  @Test("each line of an event's data is a field of its own")
  func framing() {
    let event = ServerEvent(number: 3, id: "a-3", topic: "page", data: "x\ny\r\nz\rid: 9")
    #expect(
      event.framed == "id: a-3\nevent: page\ndata: x\ndata: y\ndata: z\ndata: id: 9\n\n")
  }

  @Test("a reader gets the latest of each topic, then what is new, then signs of life")
  func following() async throws {
    let hub = EventHub(instance: "run")
    hub.publish(.page, ["version": 1])
    hub.publish(.status, "a")
    hub.publish(.status, "b")
    var iterator = try #require(hub.stream(after: nil)).makeAsyncIterator()
    #expect(
      try await text(&iterator) == """
        retry: 500

        id: run-1
        event: page
        data: {"version": 1}

        id: run-3
        event: status
        data: "b"


        """)
    hub.publish(.page, ["version": 2])
    #expect(try await text(&iterator) == "id: run-4\nevent: page\ndata: {\"version\": 2}\n\n")
    hub.beat()
    #expect(try await text(&iterator) == ": \n\n")
  }

  @Test("a reader that comes back gets what it has not seen; of an earlier run, everything")
  func reconnecting() async throws {
    let hub = EventHub(instance: "run")
    hub.publish(.page, 1)
    hub.publish(.status, "a")
    for (lastID, ids) in [
      ("run-1", ["run-2"]), ("run-2", []), ("old-2", ["run-1", "run-2"]),
      ("run-x", ["run-1", "run-2"]), ("", ["run-1", "run-2"]),
    ] {
      var iterator = try #require(hub.stream(after: lastID)).makeAsyncIterator()
      let found = try await text(&iterator).split(separator: "\n")
        .filter { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) }
      #expect(found == ids, "\(lastID)")
    }
  }

  @Test("readers are limited, and one that leaves makes room")
  func limit() throws {
    let hub = EventHub(instance: "run", readerLimit: 2)
    let first = try #require(hub.stream(after: nil))
    do {
      let second = try #require(hub.stream(after: nil))
      #expect(hub.stream(after: nil) == nil)
      withExtendedLifetime(second) {}
    }
    #expect(hub.stream(after: nil) != nil)
    withExtendedLifetime(first) {}
  }
}
