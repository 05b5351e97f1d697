import GPT2

extension GPT2Model {
  /// A model by its path, or of random weights by `random:SIZE`.
  static func named(_ name: String) throws -> GPT2Model {
    let prefix = "random:"
    guard name.hasPrefix(prefix) else { return try load(path: name) }
    return try random(named: String(name.dropFirst(prefix.count)))
  }
}
