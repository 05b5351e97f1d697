import NotebookLanguage

extension Value {
  /// The value, each measured figure in it marked with what it was measured with, unless it is marked
  /// already because it was kept from an earlier run. Lists are samples and stay as they are.
  func measured(with setting: String?) -> Value {
    guard let setting else { return self }
    switch self {
    case .number(var number):
      if number.origin == .measured, number.note != nil, number.setting == nil {
        number.setting = setting
      }
      return .number(number)
    case .record(let record):
      var marked = Record(principal: record.principal)
      marked.axis = record.axis
      for field in record.fields { marked.append(field.name, field.value.measured(with: setting)) }
      return .record(marked)
    case .text, .bool, .list, .displayed: return self
    }
  }
}
