import ArgumentParser

/// `-P name=value`; `name:value` is taken too.
struct ParameterSetting: ExpressibleByArgument {
  let name: String
  let text: String

  init?(argument: String) {
    guard let separator = argument.firstIndex(where: { $0 == "=" || $0 == ":" }),
      separator != argument.startIndex
    else { return nil }
    name = String(argument[..<separator])
    text = String(argument[argument.index(after: separator)...])
  }
}

extension [ParameterSetting] {
  var pairs: [(name: String, text: String)] { map { ($0.name, $0.text) } }
}
