/// Which fields a cell's value will have, known before anything is computed.
///
/// `check` finds a misspelt field by it, so that no long run ends in a typing error.
public indirect enum Shape: Hashable, Sendable {
  /// A number, text or list: it has no fields.
  case leaf
  /// `axis` is what the fields range over where a sweep made them.
  case record([Field], principal: String? = nil, axis: String? = nil)
  /// Anything may be in it.
  case open

  public struct Field: Hashable, Sendable {
    public var name: String
    public var shape: Shape

    public init(_ name: String, _ shape: Shape = .leaf) {
      self.name = name
      self.shape = shape
    }
  }

  /// A record of leaves.
  public static func leaves(_ names: [String], principal: String? = nil) -> Self {
    .record(names.map { Field($0) }, principal: principal)
  }

  /// The shape at a path as `FieldPath` reads it; nil where a field is absent.
  public subscript(path path: String) -> Shape? {
    var shape = self
    for name in FieldPath.names(of: path) {
      switch shape {
      case .open: return .open
      case .leaf: return nil
      case .record(let fields, _, _):
        guard let field = fields.first(where: { $0.name == name }) else { return nil }
        shape = field.shape
      }
    }
    return shape
  }
}
