import NotebookLanguage
import SafeFiles
import Testing

@testable import NotebookRunner

@Suite struct SharedEntriesTests {
  private func tensor(_ name: String, _ format: String) -> Value {
    .record(Record(["name": .text(name), "format": .text(format)]))
  }

  private func model(_ tensors: [Value], bits: Double = 4) -> Value {
    .record(Record(["tensors": .list(tensors), "bits": .number(bits)]))
  }

  private func json(_ value: Value) throws -> JSONValue {
    try JSONReader.read(JSONWriter.bytes(of: value))
  }

  private func whole(_ written: [Value], _ shared: SharedEntries = SharedEntries()) throws
    -> [JSONValue]
  {
    var shared = shared
    var values: [JSONValue] = []
    for value in written {
      let json = try json(value)
      values.append(values.last.map { shared.whole(json, after: $0) } ?? json)
    }
    return values
  }

  private var models: [Value] {
    [
      model([tensor("a", "nf4"), tensor("b", "float32"), tensor("c", "float32")]),
      model([tensor("a", "float32"), tensor("b", "nf4"), tensor("c", "float32")], bits: 5),
      model([tensor("c", "float32"), tensor("a", "float32"), tensor("d", "nf4")]),
      model([]),
      model([tensor("a", "nf4")]),
    ]
  }

  @Test func whatTheValueBeforeHasTooIsAName() {
    let written = SharedEntries.shortened(models)
    #expect(written[0] == models[0])
    #expect(
      written[1]
        == model([tensor("a", "float32"), tensor("b", "nf4"), .text("c")], bits: 5))
    #expect(written[2] == model([.text("c"), .text("a"), tensor("d", "nf4")]))
    #expect(written[4] == models[4])
  }

  @Test func theWholeComesBack() throws {
    let again = try whole(SharedEntries.shortened(models)).map(\.indentedText)
    #expect(try again == models.map { try json($0).indentedText })
  }

  @Test(
    "lists of other things, and of records without a name of their own, stay as they are",
    arguments: [
      [Value.number(1), .number(2)], [.text("a"), .text("b")],
      [.record(Record(["size": .number(1)]))],
      [.record(Record(["name": .text("a")])), .record(Record(["name": .text("a")]))],
    ])
  func others(_ entries: [Value]) throws {
    let values = [model(entries), model(entries)]
    #expect(SharedEntries.shortened(values) == values)
    #expect(try whole(values) == values.map(json))
  }

  @Test("names stand for so many bytes in all and no more")
  func budget() throws {
    let written = SharedEntries.shortened([models[0], models[0], models[0]])
    let some = try whole(written, SharedEntries(budget: 100))
    #expect(some[1] != some[0])
    #expect(some[2] == (try json(written[2])))
  }
}
