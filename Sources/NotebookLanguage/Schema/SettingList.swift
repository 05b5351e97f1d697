import Diagnostics

/// One value of a cell's body.
public struct Setting: Hashable, Sendable {
  /// Dotted, with the numbers of list entries: `metrics.0`.
  public var path: String
  public var text: String
  /// Whether the text is the label of another cell.
  public var isLabel: Bool

  public init(path: String, text: String, isLabel: Bool = false) {
    self.path = path
    self.text = text
    self.isLabel = isLabel
  }

  /// The settings of a list of texts, as a body has them that writes it.
  public static func list(_ texts: [String], at path: String) -> [Self] {
    guard !texts.isEmpty else { return [] }
    return [Self(path: "\(path).count", text: "\(texts.count)")]
      + texts.enumerated().map { Self(path: "\(path).\($0)", text: $1) }
  }
}

/// A body as settings, `latency.prompt` and `128`, in the one form that all bodies of the same meaning
/// have: the order of keys, comments and quotes change nothing, `1_000` is 1000, one value is a list of
/// one where lists are wanted, and keys that are not written have their defaults.
struct SettingList {
  private(set) var settings: [Setting] = []
  /// Where labels of other cells are written.
  private let labels: Set<SourceSpan>

  init(_ body: YAMLNode, _ form: SchemaForm, labels: Set<SourceSpan>) {
    self.labels = labels
    add(body, form, at: "")
  }

  private func child(_ name: String, of path: String) -> String {
    path.isEmpty ? name : "\(path).\(name)"
  }

  private mutating func add(_ node: YAMLNode, _ form: SchemaForm, at path: String) {
    switch form {
    case .optional(let wrapped):
      if !node.isNull { add(node, wrapped, at: path) }
    case .record(let keys, let listKey): add(node, keys, listKey, at: path)
    case .list(let element): add(node.elements, element, at: path)
    case .map(let element):
      for pair in node.pairs {
        add(pair.value, element, at: child(pair.key.scalar ?? "", of: path))
      }
    case .anyOf(let forms): add(node, forms.first { $0.fits(node) } ?? .any, at: path)
    case .text, .wholeNumber, .number, .condition, .choice, .any: addPlain(node, form, at: path)
    }
  }

  private mutating func add(
    _ node: YAMLNode, _ keys: [KeyDescription], _ listKey: String?, at path: String
  ) {
    var written = node.pairs
    if case .sequence = node.content, let key = keys.first(where: { $0.name == listKey }) {
      return add(node, key.form, at: child(key.name, of: path))
    }
    for key in keys {
      let path = child(key.name, of: path)
      if let index = written.firstIndex(where: { $0.key.scalar == key.name }) {
        add(written.remove(at: index).value, key.form, at: path)
      } else {
        addDefault(of: key, at: path)
      }
    }
  }

  private mutating func addDefault(of key: KeyDescription, at path: String) {
    if case .record(let keys, _) = key.form {
      for key in keys { addDefault(of: key, at: child(key.name, of: path)) }
    } else if let value = key.defaultValue {
      add(value, at: path)
    }
  }

  /// A default as documentation has it.
  private mutating func add(_ value: Value, at path: String) {
    switch value {
    case .list(let values):
      addCount(values.count, at: path)
      for (index, value) in values.enumerated() { add(value, at: child("\(index)", of: path)) }
    case .number(let number):
      settings.append(Setting(path: path, text: SchemaForm.address(of: number.value)))
    case .text(let text): settings.append(Setting(path: path, text: text))
    case .bool(let bool): settings.append(Setting(path: path, text: "\(bool)"))
    case .record, .displayed: break
    }
  }

  private mutating func add(_ nodes: [YAMLNode], _ form: SchemaForm, at path: String) {
    // The length keeps a list that was cut short apart from others.
    addCount(nodes.count, at: path)
    for (index, node) in nodes.enumerated() { add(node, form, at: child("\(index)", of: path)) }
  }

  /// None for an empty list, which means as much as none.
  private mutating func addCount(_ count: Int, at path: String) {
    if count > 0 { settings.append(Setting(path: child("count", of: path), text: "\(count)")) }
  }

  private mutating func addPlain(_ node: YAMLNode, _ form: SchemaForm, at path: String) {
    switch node.content {
    case .scalar(let text, _):
      settings.append(
        Setting(
          path: path, text: form.address(of: node) ?? text, isLabel: labels.contains(node.span)))
    case .sequence(let nodes): add(nodes, form, at: path)
    case .mapping(let pairs):
      for pair in pairs { addPlain(pair.value, form, at: child(pair.key.scalar ?? "", of: path)) }
    }
  }
}

extension YAMLNode {
  fileprivate var pairs: [Pair] { if case .mapping(let pairs) = content { pairs } else { [] } }

  /// Of a list, or of the list of one that a single value stands for.
  fileprivate var elements: [YAMLNode] {
    if case .sequence(let nodes) = content { return nodes }
    return isNull ? [] : [self]
  }
}

extension SchemaForm {
  /// Whether a value can be read in this form, by its structure.
  fileprivate func fits(_ node: YAMLNode) -> Bool {
    switch (self, node.content) {
    case (.map, .mapping), (.record, .mapping), (.list, .sequence), (.any, _): true
    case (.list, .scalar): true
    case (.optional(let form), _): form.fits(node)
    case (.anyOf(let forms), _): forms.contains { $0.fits(node) }
    case (_, .scalar): isSingle
    default: false
    }
  }
}
