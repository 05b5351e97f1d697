import Diagnostics
import NotebookLanguage
import Synchronization

/// What the page's controls have set of the notebook's parameters.
final class PreviewParameters: Sendable {
  private struct State {
    var declared: [Parameter] = []
    var texts: [String: String] = [:]
  }

  private let state = Mutex(State())

  /// What is set of these parameters. What fits none of them any more is forgotten.
  func settings(for declared: [Parameter]) -> [ParameterSetting] {
    state.withLock { state in
      state.declared = declared
      state.texts = state.texts.filter { Self.mistake(in: $0.value, of: $0.key, declared) == nil }
      return state.texts.sorted { $0.key < $1.key }
        .map { ParameterSetting(name: $0.key, text: $0.value) }
    }
  }

  /// Sets these parameters and no others. One with a mistake is not set.
  ///
  /// - Returns: whether anything is another than before, and what is wrong, by name.
  func set(_ texts: [String: String]) -> (isChange: Bool, mistakes: [(name: String, text: String)])
  {
    state.withLock { state in
      let declared = state.declared
      let mistakes = texts.sorted { $0.key < $1.key }.compactMap { name, text in
        Self.mistake(in: text, of: name, declared).map { (name, $0) }
      }
      let right = texts.filter { name, _ in !mistakes.contains { $0.0 == name } }
      defer { state.texts = right }
      return (right != state.texts, mistakes)
    }
  }

  private static func mistake(
    in text: String, of name: String, _ declared: [Parameter]
  ) -> String? {
    guard let parameter = declared.first(where: { $0.name == name }) else {
      return "no parameter is named '\(name)'"
    }
    do throws(Diagnostic) {
      _ = try parameter.value(of: ParameterSetting(name: name, text: text))
      return nil
    } catch {
      return [error.message, error.help].compactMap(\.self).joined(separator: "; ")
    }
  }

  /// A control for each parameter.
  ///
  /// - Parameters:
  ///   - values: those that hold.
  ///   - given: what the command line sets; the last of a name counts.
  func controls(values: [String: Value], given: [ParameterSetting]) -> JSONDocument {
    .array(
      state.withLock(\.declared).map { parameter in
        let base =
          given.last { $0.name == parameter.name }
          .flatMap { try? parameter.value(of: $0) } ?? parameter.defaultValue
        return [
          "name": .string(parameter.name), "type": .string(parameter.kind.rawValue),
          "isList": .bool(parameter.isList),
          "min": parameter.minimum.map { .number($0) } ?? .null,
          "max": parameter.maximum.map { .number($0) } ?? .null,
          "choices": .array(parameter.choices.map { .string($0) }),
          "help": JSONDocument(parameter.help), "base": .string(base.written),
          "value": .string((values[parameter.name] ?? base).written),
        ]
      })
  }
}
