import Foundation
import GPT2
import ModelFiles
import SafeFiles

/// A model of random weights, and what transformers computes from it; see `Tests/Fixtures`.
struct Fixture: CustomStringConvertible, Sendable {
  let name: String
  var description: String { name }

  static let folder = URL(filePath: #filePath).appending(path: "../../Fixtures/data/gpt2")
    .standardized
  static let all = [
    "tied", "untied-inner", "bfloat16-sharded", "float16-buffers", "inverse-layer-scale",
  ].map { Fixture(name: $0) }

  var directory: String { Self.folder.appending(path: name).path }

  func model() throws -> GPT2Model { try GPT2Model.load(path: directory) }

  func expected() throws -> Safetensors {
    try Safetensors(path: directory + "/expected.safetensors")
  }
}

extension Safetensors {
  func floats(_ name: String) -> [Float] {
    guard let entry = self[name], entry.type == .float32 else { return [] }
    let bytes = bytes(of: entry)
    return withExtendedLifetime(file) {
      (0..<entry.elementCount).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }

  func tokens(_ name: String) -> [Int32] {
    guard let entry = self[name], entry.type == .int64 else { return [] }
    let bytes = bytes(of: entry)
    return withExtendedLifetime(file) {
      (0..<entry.elementCount).map {
        Int32(bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self))
      }
    }
  }
}

/// The largest absolute difference; ∞ for different counts.
func largestDifference(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Float {
  guard a.count == b.count, !a.isEmpty else { return .infinity }
  return zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
}
