/// The columns of a file: the leaves of its schema's tree.
struct ParquetSchema {
  struct Column {
    /// Names on the way from the root.
    var path: [String]
    /// How many of them may be null: the definition level of what is not.
    var maximumDefinition = 0
    var isRepeated = false
    /// Whether it holds texts.
    var isText = false

    /// What the format calls its values.
    fileprivate var type = ""

    var name: String { path.joined(separator: ".") }

    /// Its name, and what it holds.
    var description: String {
      "'\(name)' (\(isRepeated ? "lists of " : "")\(isText ? "texts" : type))"
    }
  }

  private(set) var columns: [Column] = []

  /// By the numbers that `Type` has in parquet.thrift.
  private static let typeNames = [
    0: "booleans", 1: "32-bit integers", 2: "64-bit integers", 3: "96-bit integers",
    4: "32-bit floats", 5: "64-bit floats", 6: "bytes that are not marked as texts",
    7: "bytes of one length",
  ]

  /// - Parameter elements: the tree, each before those below it.
  init(_ elements: [ThriftStruct]) throws(ParquetError) {
    guard let root = elements.first, let count = root.int(5), 0..<elements.count ~= count else {
      throw Self.damaged
    }
    // What is still to come below each element on the way.
    var parents: [(column: Column, left: Int)] = [(Column(path: []), count)]
    for element in elements.dropFirst() {
      while let last = parents.last, last.left == 0 { parents.removeLast() }
      guard let parent = parents.last?.column, parents.count < 64, let name = element.text(4) else {
        throw Self.damaged
      }
      parents[parents.count - 1].left -= 1
      var column = parent
      column.path.append(name)
      switch element.int(3) {
      case 0: break
      case 1: column.maximumDefinition += 1
      case 2: column.isRepeated = true
      default: throw Self.damaged
      }
      if let children = element.int(5), children != 0 {
        guard 1..<elements.count ~= children else { throw Self.damaged }
        parents.append((column, children))
      } else {
        // BYTE_ARRAY, and UTF8 by the old annotation or STRING by the new.
        let isUTF8 = element.int(6) == 0 || element.structure(10)?.structure(1) != nil
        column.isText = element.int(1) == 6 && isUTF8
        column.type = Self.typeNames[element.int(1) ?? -1] ?? "values of an unknown type"
        columns.append(column)
      }
    }
    guard parents.allSatisfy({ $0.left == 0 }) else { throw Self.damaged }
  }

  private static var damaged: ParquetError { .damaged("its schema is no tree") }
}
