/// A parser that is given any bytes, with what must hold of whatever it makes of them.
public struct FuzzTarget: Sendable, CustomStringConvertible {
  public let name: String
  /// Bytes of the longest input that is worth trying.
  public let longest: Int
  /// Folders of further seeds, from the repository's root: fixtures that are there for other tests.
  public let fixtures: [String]
  private let body: @Sendable ([UInt8]) throws -> Void

  init(
    _ name: String, longest: Int, fixtures: [String] = [],
    _ body: @escaping @Sendable ([UInt8]) throws -> Void
  ) {
    self.name = name
    self.longest = longest
    self.fixtures = fixtures
    self.body = body
  }

  public var description: String { name }

  /// Reads `bytes` and looks at what came of them.
  ///
  /// - Throws: `BrokenPromise`. A refusal of the input is no error.
  public func run(_ bytes: [UInt8]) throws { try body(bytes) }

  /// A new one is a file of this folder and a line here.
  public static let all: [FuzzTarget] = [
    notebook, yaml, expression, formula, markdown, html, bibliography, json, safetensors, gguf,
    modelConfig, tokenizerFile, vocabulary, tokenization, results, cacheEntry, parquet,
    decompression, previewRequest,
  ]
}

/// Something that a parser promises and that did not hold.
public struct BrokenPromise: Error, CustomStringConvertible {
  public let description: String
}

/// - Throws: `BrokenPromise` unless `holds`.
func require(_ holds: Bool, _ promise: @autoclosure () -> String) throws {
  if !holds { throw BrokenPromise(description: promise()) }
}
