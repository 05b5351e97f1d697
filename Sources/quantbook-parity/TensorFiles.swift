import ArgumentParser
import ModelFiles
import SafeFiles

extension Safetensors {
  /// The elements of a tensor of type F32, the last index fastest.
  func floats(_ name: String) throws -> [Float] {
    let bytes = try bytes(of: name, type: .float32)
    return withExtendedLifetime(file) {
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }

  /// The elements of a tensor of type I64, each of which fits a token.
  func tokens(_ name: String) throws -> [Int32] {
    let bytes = try bytes(of: name, type: .int64)
    return withExtendedLifetime(file) {
      (0..<bytes.count / 8).map {
        Int32(clamping: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self))
      }
    }
  }

  /// Rows and columns of a tensor that is a matrix.
  func matrixShape(_ name: String) throws -> (rows: Int, columns: Int) {
    guard let shape = self[name]?.shape, shape.count == 2 else {
      throw ValidationError("\(file.path): '\(name)' is not a matrix")
    }
    return (shape[0], shape[1])
  }

  private func bytes(of name: String, type: TensorType) throws -> UnsafeRawBufferPointer {
    guard let entry = self[name], entry.type == type else {
      throw ValidationError("\(file.path): there is no '\(name)' of type \(type.rawValue)")
    }
    return bytes(of: entry)
  }
}

extension SafetensorsWriter {
  /// Adds tokens as I64 [count].
  mutating func add(tokens: [Int32], named name: String) {
    let wide = tokens.map { Int64($0).littleEndian }
    add(name, .int64, shape: [wide.count], bytes: wide.withUnsafeBytes { Array($0) })
  }
}
