public import NotebookLanguage

/// `grid`: a number of a size, a mode and steps; each can be swept.
public struct GridCell: Cell {
  public static let name = "grid"
  public static let version = 1
  public static let summary = "A number of several settings."
  public static let isStored = true
  public static let allowsSweep = true
  public static var keys: [SchemaKey<Self>] {
    [
      .optional("size", \.size, in: 1...4096, help: "A size."),
      .optional("share", \.share, help: "A part of it."),
      .optional("mode", \.mode, help: "A choice."),
      .optional("names", \.names, help: "Names, which are a list by themselves."),
      .optional("steps", \.steps, help: "More sizes."),
      .optional("as", \.published, help: "Names for the value."),
    ]
  }

  public struct Steps: SchemaRecord {
    public static var keys: [SchemaKey<Self>] {
      [
        .optional("size", \.size, in: 1...4096, help: "Another size."),
        .optional("stride", \.stride, in: 1...4096, help: "A step."),
      ]
    }

    var size = 1
    var stride = 1

    public init() {}
  }

  var size = 64
  var share: Double?
  var mode = SourceCell.Mode.exact
  var names: [String] = []
  var steps = Steps()
  var published: [Spanned<String>] = []

  public init() {}

  public var publishedNames: [PublishedName] {
    published.map { PublishedName($0.value, path: "", at: $0.span) }
  }

  public func shape(in scope: CheckScope) -> Shape {
    .numbers(["value", "double"], principal: "value")
  }

  public func run(in context: CellContext) async throws -> ToyNumber {
    context.progress(
      CellProgress(activity: "grid \(size)", completed: 1, total: 1, unit: "numbers"))
    return ToyNumber(
      value: Double(size * steps.stride) * (share ?? 1) + (mode == .fast ? 0.5 : 0))
  }
}
