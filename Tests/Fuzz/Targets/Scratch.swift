import Foundation

/// Files for the parsers that read files.
enum Scratch {
  /// Calls `body` with a folder that has these files, and removes it.
  static func withFolder<Result>(
    _ files: KeyValuePairs<String, [UInt8]>, _ body: (_ folder: String) throws -> Result
  ) throws -> Result {
    var template = Array("\(FileManager.default.temporaryDirectory.path)/fuzz-XXXXXX".utf8CString)
    try require(mkdtemp(&template) != nil, "no temporary folder")
    let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    defer { rmdir(folder) }
    defer { for (name, _) in files { unlink("\(folder)/\(name)") } }
    for (name, bytes) in files { try overwrite("\(folder)/\(name)", bytes) }
    return try body(folder)
  }

  static func overwrite(_ path: String, _ bytes: [UInt8]) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(descriptor) }
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    try require(written == bytes.count, "a temporary file cannot be written")
  }

  static func remove(_ path: String) { unlink(path) }

  static func remove(folder: String) { rmdir(folder) }

  /// Calls `body` with the path of a file that has these bytes, and removes it.
  static func withFile<Result>(
    _ bytes: [UInt8], _ body: (_ path: String) throws -> Result
  ) throws -> Result {
    try withFolder(["input": bytes]) { try body("\($0)/input") }
  }
}
