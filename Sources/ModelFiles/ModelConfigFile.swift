public import InputLimits
public import SafeFiles

/// A JSON file of settings, read field by field; each error names the file and the field.
public struct ModelConfigFile: Sendable {
  public let path: String
  /// All fields.
  public let root: JSONObject

  /// Reads the file at `path`, which must hold a JSON object.
  public init(path: String, limit: Limit = .configurationBytes) throws(ModelFileError) {
    self.path = path
    let contents: [UInt8]
    do throws(FileError) { contents = try BoundedReader.bytes(path: path, limit: limit) } catch {
      throw ModelFileError(.file(error), path: path)
    }
    let value: JSONValue
    do throws(JSONError) { value = try JSONReader.read(contents) } catch {
      throw ModelFileError(.json(error), path: path)
    }
    guard case .object(let object) = value else {
      throw ModelFileError(.invalid, path: path, "must hold a JSON object, not \(value.kind)")
    }
    root = object
  }

  /// The value of a field; nil where the file has none.
  public subscript(field: String) -> JSONValue? { root[field] }

  /// A whole number from 1 to a limit; `missing` where the field is absent, or `null` and `missing`
  /// is given.
  public func integer(
    _ field: String, upTo limit: Limit, default missing: Int? = nil
  ) throws(ModelFileError) -> Int {
    switch root[field] {
    case .integer(let value):
      if let problem = limit.problem(ofSize: value) { throw refusal(field, problem) }
      return value
    case nil, .null?:
      guard let missing else {
        throw ModelFileError(.missing, path: path, field: field, "is missing")
      }
      return missing
    case let value?: throw refusal(field, "must be a whole number, not \(value.kind)")
    }
  }

  /// A finite number within `range`.
  public func number(
    _ field: String, in range: ClosedRange<Double>, default missing: Double
  ) throws(ModelFileError) -> Double {
    let number: Double
    switch root[field] {
    case .integer(let value): number = Double(value)
    case .number(let value): number = value
    case nil: return missing
    case let value?: throw refusal(field, "must be a number, not \(value.kind)")
    }
    guard range ~= number else {
      throw refusal(
        field, "must be from \(range.lowerBound) to \(range.upperBound), not \(number)")
    }
    return number
  }

  public func boolean(_ field: String, default missing: Bool) throws(ModelFileError) -> Bool {
    switch root[field] {
    case .boolean(let value): return value
    case nil: return missing
    case let value?: throw refusal(field, "must be true or false, not \(value.kind)")
    }
  }

  public func string(_ field: String) throws(ModelFileError) -> String? {
    switch root[field] {
    case .string(let value): return value
    case nil, .null?: return nil
    case let value?: throw refusal(field, "must be a string, not \(value.kind)")
    }
  }

  private func refusal(_ field: String, _ detail: String) -> ModelFileError {
    ModelFileError(.invalid, path: path, field: field, detail)
  }
}
