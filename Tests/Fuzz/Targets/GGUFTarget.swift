import GPT2
import ModelFiles
import SafeFiles

extension FuzzTarget {
  /// A GGUF file: its header, and what a model is made from.
  static let gguf = FuzzTarget("gguf", longest: 8192) { bytes in
    try Scratch.withFile(bytes) { path in
      guard let file = try? GGUF(path: path) else {
        try require((try? GPT2Model.checkHeaders(path: path)) == nil, "a model of no file")
        return
      }
      var end = 0
      for tensor in file.tensors {
        try require(tensor.byteRange.lowerBound >= end, "'\(tensor.name)' overlaps another")
        end = tensor.byteRange.upperBound
        let (elements, block) = (tensor.shape.reduce(1, *), tensor.type.block)
        try require(
          elements / block.elements * block.bytes == tensor.byteRange.count,
          "'\(tensor.name)' has another length than its shape")
        try require(
          file[tensor.name] == tensor, "'\(tensor.name)' is not found by its name")
      }
      try require(end <= bytes.count, "a tensor lies beyond the end")
      for (key, value) in file.settings {
        guard case .array(let array) = value else { continue }
        let strings = try? file.strings(key)
        let integers = try? file.integers(key)
        try require(strings.map { $0.count == array.count } ?? true, "'\(key)' has other strings")
        try require(integers.map { $0.count == array.count } ?? true, "'\(key)' has other integers")
      }
      _ = try? GPT2Model.checkHeaders(path: path)
      _ = try? GPT2Model.load(path: path)
    }
  }
}
