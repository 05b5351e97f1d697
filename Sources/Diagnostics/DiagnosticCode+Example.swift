extension DiagnosticCode {
  /// A mistake of this kind and the same without it; nil where no few lines of a notebook show it.
  public var example: (mistake: String, cure: String)? {
    switch self {
    case .unclosedCell:
      (
        "```{load}\n#| label: base\nmodel: starter",
        "```{load}\n#| label: base\nmodel: starter\n```"
      )
    case .unclosedFrontMatter: ("---\ntitle: A report", "---\ntitle: A report\n---")
    case .invalidYAML:
      ("---\ntitle: NF4: the report\n---", "---\ntitle: \"NF4: the report\"\n---")
    case .duplicateKey:
      ("```{load}\nmodel: starter\nmodel: random:gpt2\n```", "```{load}\nmodel: starter\n```")
    case .unknownCell: ("```{lod}\nmodel: starter\n```", "```{load}\nmodel: starter\n```")
    case .unknownKey: ("```{load}\nmodle: starter\n```", "```{load}\nmodel: starter\n```")
    case .unknownValue: quantize("scheme: nf-4", "scheme: nf4")
    case .wrongType:
      quantize("scheme: nf4\nblockSize: large", "scheme: nf4\nblockSize: 64")
    case .missingKey: ("```{load}\nseed: 1\n```", "```{load}\nmodel: random:gpt2\nseed: 1\n```")
    case .outOfRange: quantize("scheme: nf4\nblockSize: 63", "scheme: nf4\nblockSize: 64")
    case .conflictingKeys: quantize("scheme: nf4\ncodes: raw", "scheme: int8\ncodes: raw")
    case .unknownLabel:
      (base + "\n\n```{quantize}\nof: bsae\nscheme: nf4\n```", quantize("scheme: nf4"))
    case .duplicateLabel: (base + "\n\n" + base, base)
    case .invalidLabel:
      ("```{load}\n#| label: 4-bit\nmodel: starter\n```", base)
    case .wrongKindOfLabel:
      (
        "```{corpus}\n#| label: text\ntext: house-prose\n```\n\n"
          + "```{quantize}\nof: text\nscheme: nf4\n```", quantize("scheme: nf4")
      )
    case .circularDependency:
      (
        """
        ```{load}
        #| label: a
        model: "{{ b.name }}"
        ```

        ```{load}
        #| label: b
        model: "{{ a.name }}"
        ```
        """, base
      )
    case .expressionSyntax: prose("base.parameters |", "base.parameters | si")
    case .unknownField: prose("base.layer", "base.layers")
    case .unknownName: prose("bsae.layers", "base.layers")
    case .unknownFilter: prose("base.bytes | megabytes", "base.bytes | mib")
    case .filterArguments: prose("base.bytes | mib(1, 2)", "base.bytes | mib(1)")
    case .unclosedExpression: (base + "\n\n{{ base.layers", base + "\n\n{{ base.layers }}")
    case .unresolvedReference: ("As @tbl-reslts shows, …", "As the table shows, …")
    case .misplacedCaption:
      (
        "```{load}\n#| label: base\n#| tbl-cap: The model.\nmodel: starter\n```", base
      )
    case .invalidParameter:
      (
        "---\nparams:\n  stride: {default: 0, type: int, min: 1}\n---",
        "---\nparams:\n  stride: {default: 512, type: int, min: 1}\n---"
      )
    default: nil
    }
  }

  private var base: String { "```{load}\n#| label: base\nmodel: starter\n```" }

  /// Two notebooks that quantize, by these keys.
  private func quantize(_ mistake: String, _ cure: String) -> (mistake: String, cure: String) {
    (quantize(mistake), quantize(cure))
  }

  private func quantize(_ keys: String) -> String {
    base + "\n\n```{quantize}\nof: base\n\(keys)\n```"
  }

  /// Two notebooks with these expressions in their prose.
  private func prose(_ mistake: String, _ cure: String) -> (mistake: String, cure: String) {
    (base + "\n\nIt has {{ \(mistake) }}.", base + "\n\nIt has {{ \(cure) }}.")
  }
}
