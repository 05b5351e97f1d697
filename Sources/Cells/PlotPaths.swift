import Diagnostics
import NotebookLanguage

/// `series:` and `facet:` of a chart: paths by their labels, or the axis whose values they are.
enum PlotPaths: SchemaValue {
  case paths(NamedMap<Spanned<String>>)
  case axis(Spanned<String>)

  static var none: Self { .paths(NamedMap()) }

  static var typeName: String {
    "the name of an axis, a list of paths, or a mapping of labels to them"
  }
  static var form: SchemaForm { .anyOf([.list(.text), .map(.text)]) }

  static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    if node.isMapping {
      return NamedMap.decode(node, &diagnostics).map { .paths($0) }
    }
    if case .sequence = node.content {
      return [Spanned<String>].decode(node, &diagnostics).map { paths in
        .paths(
          NamedMap(
            entries: paths.map { path in
              let title = PlotCell.axisTitle([path.value]) { _ in "" }
              return .init(name: Spanned(title, at: path.span), value: path)
            }))
      }
    }
    guard node.scalar != nil, !node.isNull else {
      diagnostics.append(mismatch(node))
      return nil
    }
    return Spanned<String>.decode(node, &diagnostics).map { .axis($0) }
  }

  var paths: NamedMap<Spanned<String>> {
    if case .paths(let paths) = self { paths } else { NamedMap() }
  }
  var axis: Spanned<String>? { if case .axis(let axis) = self { axis } else { nil } }
}
