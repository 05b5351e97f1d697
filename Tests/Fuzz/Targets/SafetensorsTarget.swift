import ModelFiles

extension FuzzTarget {
  /// A safetensors file: what is accepted is written and read again.
  static let safetensors = FuzzTarget(
    "safetensors", longest: 4096
  ) { bytes in
    try Scratch.withFile(bytes) { path in
      guard let file = try? Safetensors(path: path) else { return }
      try Self.checkTiling(file, of: bytes)
      let copy = path + ".copy"
      defer { Scratch.remove(copy) }
      var writer = SafetensorsWriter()
      writer.metadata = file.metadata
      for tensor in file.tensors {
        let contents = Array(file.bytes(of: tensor))
        writer.add(tensor.name, tensor.type, shape: tensor.shape, bytes: contents)
      }
      try writer.write(to: copy)
      let again = try Safetensors(path: copy)
      try require(again.metadata == file.metadata, "other metadata when written and read again")
      try require(again.tensors.count == file.tensors.count, "tensors are lost")
      for tensor in file.tensors {
        guard let other = again[tensor.name] else {
          throw BrokenPromise(description: "the tensor '\(tensor.name)' is lost")
        }
        try require(
          other.type == tensor.type && other.shape == tensor.shape
            && again.bytes(of: other).elementsEqual(file.bytes(of: tensor)),
          "the tensor '\(tensor.name)' is another when written and read again")
      }
    }
  }

  /// Tensors lie one after the other from the header to the end of the file.
  private static func checkTiling(_ file: Safetensors, of bytes: [UInt8]) throws {
    var end = file.tensors.first?.byteRange.lowerBound ?? bytes.count
    for tensor in file.tensors {
      try require(tensor.byteRange.lowerBound == end, "a hole before '\(tensor.name)'")
      try require(
        tensor.shape.reduce(tensor.type.byteCount, *) == tensor.byteRange.count,
        "'\(tensor.name)' has another length than its shape")
      end = tensor.byteRange.upperBound
    }
    try require(end == bytes.count, "bytes after the last tensor")
  }
}
