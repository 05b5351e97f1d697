public import Foundation

/// The model and the text that ship with Quantbook.
///
/// The model's card stands beside its weights, the text's licence beside the text.
public enum StarterModel {
  /// A GPT-2 of 17.7 million parameters in Hugging Face's layout.
  public static var directory: URL { resources.appendingPathComponent("starter") }

  /// Original prose in English that the model was never trained on, UTF-8.
  public static var houseProse: URL { resources.appendingPathComponent("house-prose.txt") }

  /// Where both lie, found from where the program lies: a folder may be moved as a whole.
  ///
  /// Other than SwiftPM's `Bundle.module` this neither ends the process where there is nothing, nor looks
  /// at the folder in which the program was once built.
  private static let resources = folder(ofProgramIn: programFolder)

  /// The first of the places that there is; where there is none, the last, for messages to name.
  static func folder(ofProgramIn folder: URL) -> URL {
    let places = [
      // As built: SwiftPM on Linux, and elsewhere.
      folder.appendingPathComponent("quantbook_StarterModel.resources/Resources"),
      folder.appendingPathComponent("quantbook_StarterModel.bundle/Resources"),
      // As installed: bin/quantbook and share/quantbook below /usr or any other folder.
      folder.deletingLastPathComponent().appendingPathComponent("share/quantbook"),
    ]
    return places.first { FileManager.default.fileExists(atPath: $0.path) } ?? places[2]
  }

  private static var programFolder: URL {
    let program = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
    return program.resolvingSymlinksInPath().deletingLastPathComponent()
  }
}
