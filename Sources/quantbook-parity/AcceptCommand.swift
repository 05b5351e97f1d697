import ArgumentParser
import ModelFiles

/// Which of many safetensors files are accepted.
struct AcceptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept",
    abstract: "Prints why each file of a folder, 0, 1 and so on, is refused; nothing if it is not.")

  @Argument(help: "The folder of safetensors files.") var folder: String
  @Argument(help: "How many there are.") var count: Int

  func run() {
    for number in 0..<count {
      do throws(ModelFileError) {
        _ = try Safetensors(path: "\(folder)/\(number)")
        print()
      } catch {
        print(error.description.split(whereSeparator: \.isNewline).joined(separator: " "))
      }
    }
  }
}
