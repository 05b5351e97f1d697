public import Foundation

/// The model and the text that ship with Quantbook.
///
/// The model's card stands beside its weights, the text's licence beside the text.
public enum StarterModel {
  /// A GPT-2 of 17.7 million parameters in Hugging Face's layout.
  public static var directory: URL { resources.appendingPathComponent("starter") }

  /// Original prose in English that the model was never trained on, UTF-8.
  public static var houseProse: URL { resources.appendingPathComponent("house-prose.txt") }

  private static var resources: URL { Bundle.module.bundleURL.appendingPathComponent("Resources") }
}
