import Diagnostics

/// What the parameters are: each setting belongs to one and fits it.
extension Check {
  mutating func readParameters(_ settings: [ParameterSetting]) -> [String: Value] {
    let declared = notebook.frontMatter.parameters.parameters
    var values = Dictionary(
      declared.map { ($0.name, $0.defaultValue) }, uniquingKeysWith: { $1 })
    for setting in settings {
      guard let parameter = declared.first(where: { $0.name == setting.name }) else {
        diagnostics.append(unknown(setting, among: declared))
        continue
      }
      do throws(Diagnostic) {
        values[setting.name] = try parameter.value(of: setting)
      } catch {
        diagnostics.append(error)
      }
    }
    return values
  }

  private func unknown(_ setting: ParameterSetting, among declared: [Parameter]) -> Diagnostic {
    let near = nearestNames(to: setting.name, among: declared.map(\.name)).first
    let names = declared.map(\.name).joined(separator: ", ")
    let note =
      declared.first.map {
        Diagnostic.Note("parameters are declared here: \(names)", at: $0.span)
      } ?? Diagnostic.Note("\(notebook.source.file.name) declares no parameters")
    return Diagnostic(
      .unknownParameter, "no parameter is named '\(setting.name)'", at: setting.nameSpan,
      notes: [note],
      help: near.map {
        setting.nameSpan == nil
          ? "did you mean -P \($0)=\(setting.text)?" : "did you mean '\($0)'?"
      })
  }

  /// The parameters as expressions see them, by name.
  static func record(_ values: [String: Value]) -> Value {
    var record = Record()
    for name in values.keys.sorted() { record[name] = values[name] }
    return .record(record)
  }
}
