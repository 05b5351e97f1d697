/// A pattern for names of tensors: `*` stands for any run of characters, dots among them, every
/// other character for itself. `h.*.attn.*`, `*.weight`.
public struct TensorPattern: Hashable, Sendable, ExpressibleByStringLiteral {
  public let text: String

  public init(_ text: String) { self.text = text }
  public init(stringLiteral text: String) { self.text = text }

  /// Whether the whole name fits. Time is at most the product of the two lengths.
  public func matches(_ name: String) -> Bool {
    let pattern = Array(text.utf8)
    let name = Array(name.utf8)
    let star = UInt8(ascii: "*")
    var (p, n) = (0, 0)
    var retry: (pattern: Int, name: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == star {
        retry = (p + 1, n)
        p += 1
      } else if p < pattern.count, pattern[p] == name[n] {
        p += 1
        n += 1
      } else if let last = retry {
        retry = (last.pattern, last.name + 1)
        (p, n) = (last.pattern, last.name + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == star }
  }

  public func matchesAny(of names: some Sequence<String>) -> Bool {
    names.contains(where: matches)
  }
}

/// A choice of tensors by name: those that fit one of `only` and none of `except`.
public struct TensorSelection: Hashable, Sendable {
  public var only: [TensorPattern]
  public var except: [TensorPattern]

  public init(only: [TensorPattern], except: [TensorPattern] = []) {
    self.only = only
    self.except = except
  }

  public func contains(_ name: String) -> Bool {
    only.contains { $0.matches(name) } && !except.contains { $0.matches(name) }
  }
}

/// What a scheme takes of a model unless told otherwise. An architecture says which tensors these are.
public enum UsualTensors: Hashable, Sendable {
  /// Embeddings, linear layers and layer normalizations.
  case everyWeight
  /// What Hugging Face converts for bitsandbytes: the linear layers of each block, not the embeddings, the
  /// head, normalizations or biases.
  case linearLayers
}
