/// That a file does not hold what its name or its data set says.
struct DamagedText: Error, CustomStringConvertible {
  var path: String
  var reason: String
  var help: String?
  var description: String { "\(path): \(reason)" }
}
