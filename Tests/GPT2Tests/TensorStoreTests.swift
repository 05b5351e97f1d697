import Foundation
import Quantization
import SafeFiles
import Testing

@testable import GPT2

@Suite struct TensorStoreTests {
  let blobs: BlobStore
  private let folder: Folder

  init() {
    folder = Folder()
    blobs = BlobStore(folder: folder.path)
  }

  /// The four schemes, and settings that matter to how a model is stored.
  static let schemes: [any QuantizationScheme] = {
    var double = NF4Scheme()
    double.doubleQuantized = true
    double.remainder = .bfloat16
    var zeroPoint = Int8Scheme()
    zeroPoint.coding = Int8Coding(granularity: .channel, mapping: .zeroPoint)
    return AllSchemes.all.map { $0.init() } + [double, zeroPoint]
  }()

  @Test func aModelFromTheStoreIsTheSame() throws {
    for fixture in Fixture.all.prefix(2) {
      let model = try fixture.model()
      let store = try TensorStore(blobs, weights: model.sha256())
      for scheme in Self.schemes {
        let head = Int8Scheme()
        let fresh = try model.quantized(by: scheme, head: head)
        for _ in 0..<2 {
          let kept = try model.quantized(by: scheme, head: head, store: store)
          #expect(kept.coverage == fresh.coverage)
          #expect(kept.model.packedBytes == fresh.model.packedBytes)
          #expect(kept.model.reportedBytes == fresh.model.reportedBytes)
          #expect(try logits(kept.model) == logits(fresh.model), "\(scheme)")
        }
      }
    }
  }

  @Test func everyMatrixIsKeptAndReadAgain() throws {
    let model = try Fixture.all[0].model()
    let store = try TensorStore(blobs, weights: model.sha256())
    let fresh = try logits(model.quantized(by: NF4Scheme(), store: store).model)
    let matrices = model.tensorNames.filter {
      if case .matrix = model[$0] { true } else { false }
    }
    #expect(blobs.entries().count == matrices.count)
    // Zeros in their place, undamaged, are what the model then has.
    for entry in blobs.entries() {
      let size = try #require(blobs.read(entry.key)).bytes.count
      #expect([UInt8](repeating: 0, count: size).withUnsafeBytes { blobs.write(entry.key, $0) })
    }
    #expect(try logits(model.quantized(by: NF4Scheme(), store: store).model) != fresh)
    // Of another model, they are not.
    let other = TensorStore(blobs, weights: "other")
    #expect(try logits(model.quantized(by: NF4Scheme(), store: other).model) == fresh)
  }

  @Test func damagedAndMisplacedEntriesAreMadeAnew() throws {
    let model = try Fixture.all[0].model()
    let store = try TensorStore(blobs, weights: model.sha256())
    let fresh = try logits(model.quantized(by: Int8Scheme(), store: store).model)
    let entries = blobs.entries()
    for (index, entry) in entries.enumerated() {
      let path = "\(blobs.folder)/\(entry.key.prefix(2))/\(entry.key)"
      if index % 2 == 0 {
        try Data(contentsOf: URL(filePath: path)).dropLast(7).write(to: URL(filePath: path))
      } else {
        // Whole, but of no matrix of this shape.
        #expect(Array("short".utf8).withUnsafeBytes { blobs.write(entry.key, $0) })
      }
    }
    #expect(try logits(model.quantized(by: Int8Scheme(), store: store).model) == fresh)
    #expect(Set(blobs.entries().map(\.bytes)) == Set(entries.map(\.bytes)), "and are kept again")
  }

  @Test func whereNothingCanBeKeptTheModelIsMadeAllTheSame() throws {
    let model = try Fixture.all[0].model()
    let store = TensorStore(BlobStore(folder: "/dev/null/cache"), weights: "")
    let kept = try model.quantized(by: FP4Scheme(), store: store)
    #expect(try logits(kept.model) == logits(model.quantized(by: FP4Scheme()).model))
  }

  private func logits(_ model: GPT2Model) throws -> [Float] {
    let session = try GPT2Session(model)
    try session.read([1, 5, 3, 2])
    return Array(try session.logits(rows: 0..<4))
  }
}

/// A folder that lives as long as this object.
private final class Folder: Sendable {
  let path = FileManager.default.temporaryDirectory.appending(path: "quantbook-\(UUID())").path

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
