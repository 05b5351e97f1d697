import Foundation
import GPT2
import Hub
public import NotebookLanguage
import StarterModel

/// The names that notebooks can use, as the engine's own lists have them.
public enum Catalogue {
  /// Ways to quantize, for `scheme:`.
  public static var schemes: [SchemaForm.Choice] { QuantizeCell.Scheme.described }

  /// What can be measured, for `metrics:`.
  public static var metrics: [SchemaForm.Choice] { EvaluateCell.Metric.described }

  /// Names of the models and texts that ship.
  public static var shipped: [String] {
    ["starter"] + NamedText.all.filter { $0.hubText == nil }.map(\.name)
  }

  /// Texts that need no path, for `text:`.
  public static var texts: [SchemaForm.Choice] {
    NamedText.all.map { SchemaForm.Choice($0.name, help: $0.summary) }
  }

  /// Models that need no path, for `model:`.
  public static var models: [SchemaForm.Choice] {
    let starter = try? GPT2Config(path: StarterModel.directory.path + "/config.json")
    return [
      SchemaForm.Choice(
        "starter", help: "The model that ships\(starter.map { ": " + size(of: $0) } ?? "").")
    ]
      + GPT2Config.names.map { name in
        SchemaForm.Choice(
          "random:\(name)",
          help: GPT2Config.named(name).map { "Random weights: \(size(of: $0))." })
      }
      + GPT2Config.names.compactMap { name in
        HubName(name).map { SchemaForm.Choice(name, help: "From the Hub: \($0.repository).") }
      }
  }

  private static func size(of config: GPT2Config) -> String {
    let millions = (Double(config.parameterCount) / 1e5).rounded() / 10
    return "\(config.layerCount) layers, width \(config.width), \(millions) M parameters"
  }
}
