extension DiagnosticCode {
  /// A mistake of this kind and the same without it; nil where no few lines show it, which the
  /// explanation says.
  public var example: DiagnosticExample? {
    switch self {
    case .unreadableNotebook: command("quantbook check reprt.md", "quantbook check report.md")
    case .unclosedCell:
      DiagnosticExample("```{load}\n#| label: base\nmodel: starter", base)
    case .reservedCharacter: DiagnosticExample("NF4\u{E000} is small.", "NF4 is small.")
    case .unclosedFrontMatter:
      DiagnosticExample("---\ntitle: A report", "---\ntitle: A report\n---")
    case .invalidYAML:
      DiagnosticExample("---\ntitle: NF4: the report\n---", "---\ntitle: \"NF4: the report\"\n---")
    case .duplicateKey: load("model: starter\nmodel: random:gpt2", "model: starter")
    case .tooComplex:
      prose(
        String(repeating: "(", count: 65) + "base.layers" + String(repeating: ")", count: 65),
        "(base.layers)")
    case .invalidInclude:
      DiagnosticExample(
        "```{include}\nfile: methdos.md\n```", "```{include}\nfile: methods.md\n```",
        files: [("methods.md", "Methods.\n")])
    case .invalidFormula:
      DiagnosticExample("The scale is $\\fracc{a}{127}$.", "The scale is $\\frac{a}{127}$.")
    case .forbiddenPath:
      DiagnosticExample(
        "```{corpus}\ntext: ../novel.txt\n```", "```{corpus}\ntext: novel.txt\n```",
        files: [("novel.txt", "A text.\n")])
    case .unknownCell:
      DiagnosticExample("```{lod}\nmodel: starter\n```", "```{load}\nmodel: starter\n```")
    case .unknownKey: load("model: random:gpt2\nsede: 1", "model: random:gpt2\nseed: 1")
    case .unknownValue: quantize("scheme: nf-4", "scheme: nf4")
    case .wrongType: quantize("scheme: nf4\nblockSize: large", "scheme: nf4\nblockSize: 64")
    case .missingKey: load("seed: 1", "model: random:gpt2\nseed: 1")
    case .outOfRange: quantize("scheme: nf4\nblockSize: 63", "scheme: nf4\nblockSize: 64")
    case .conflictingKeys: quantize("scheme: nf4\ncodes: raw", "scheme: int8\ncodes: raw")
    case .unknownLabel:
      DiagnosticExample(
        base + "\n\n```{quantize}\nof: bsae\nscheme: nf4\n```", quantized("scheme: nf4"))
    case .duplicateLabel: DiagnosticExample(base + "\n\n" + base, base)
    case .invalidLabel: DiagnosticExample("```{load}\n#| label: 4-bit\nmodel: starter\n```", base)
    case .wrongKindOfLabel:
      DiagnosticExample(
        text + "\n\n```{quantize}\nof: text\nscheme: nf4\n```", quantized("scheme: nf4"))
    case .circularDependency:
      DiagnosticExample(
        """
        ```{load}
        #| label: a
        model: "{{ b.name }}"
        ```

        ```{load}
        #| label: b
        model: "{{ a.name }}"
        ```
        """, base)
    case .unevaluatedCell:
      DiagnosticExample(
        "```{load}\n#| label: base\n#| eval: false\nmodel: starter\n```\n\nIt has {{ base.layers }}.",
        base + "\n\nIt has {{ base.layers }}.")
    case .expressionSyntax: prose("base.parameters |", "base.parameters | si")
    case .unknownField: prose("base.layer", "base.layers")
    case .unknownName: prose("bsae.layers", "base.layers")
    case .unknownFilter: prose("base.bytes | megabytes", "base.bytes | mib")
    case .expressionType: prose("base / 2", "base.bytes / 2")
    case .filterArguments: prose("base.bytes | mib(1, 2)", "base.bytes | mib(1)")
    case .unclosedExpression:
      DiagnosticExample(base + "\n\n{{ base.layers", base + "\n\n{{ base.layers }}")
    case .misplacedExpression:
      DiagnosticExample(
        base + "\n\n<p title={{ base.name }}>A model.</p>",
        base + "\n\n<p title=\"{{ base.name }}\">A model.</p>")
    case .missingModel: load("model: startr", "model: starter")
    case .invalidModel:
      load(
        "model: llama", "model: starter",
        files: [("llama/config.json", "{\"model_type\": \"llama\"}\n")])
    case .missingCorpus:
      DiagnosticExample(
        "```{corpus}\ntext: house-prse\n```", "```{corpus}\ntext: house-prose\n```")
    case .invalidCorpus:
      DiagnosticExample(
        "```{corpus}\ntext: short.txt.gz\n```", "```{corpus}\ntext: house-prose\n```", form: .run,
        files: [("short.txt.gz", "A text.\n")])
    case .corpusTooShort:
      DiagnosticExample(
        evaluated(text: "short.txt"), evaluated(text: "house-prose\nlimit: 10%"), form: .run,
        files: [("short.txt", "A\n")])
    case .notEnoughMemory:
      load(
        "model: random:large/config.json", "model: random:distilgpt2", form: .run,
        files: [("large/config.json", gpt3)])
    case .unmatchedPattern:
      quantize("scheme: nf4\nonly: [\"h.*.atn.*\"]", "scheme: nf4\nonly: [\"h.*.attn.*\"]")
    case .impossibleSetting:
      evaluate("perplexity: {window: 4096}", "perplexity: {window: 512}", form: .notebook)
    case .quantizationFailed:
      quantize(
        "scheme: int8\ngranularity: group\nblockSize: 12\ncompute: int8",
        "scheme: int8\ngranularity: group\nblockSize: 16\ncompute: int8", form: .run)
    case .tooFewPasses: spread("{repetitions: 3}", "{repetitions: 20}")
    case .unresolvedReference:
      DiagnosticExample("As @tbl-reslts shows, …", "As the table shows, …")
    case .unknownCitation:
      DiagnosticExample("As [@dettmers] shows, …", "As Dettmers shows, …")
    case .invalidBibliography:
      DiagnosticExample("---\nbibliography: works.bib\n---", "---\ntitle: A report\n---")
    case .invalidTemplate:
      DiagnosticExample(
        "---\nformat:\n  html: {template: frame.mustache}\n---",
        "---\nformat:\n  html: {theme: dark}\n---")
    case .invalidPicture:
      DiagnosticExample(
        "![A plot](https://example.org/plot.png)",
        "[A plot](https://example.org/plot.png)")
    case .misplacedCaption:
      DiagnosticExample(
        "```{load}\n#| label: base\n#| tbl-cap: The model.\nmodel: starter\n```", base)
    case .unknownParameter:
      command(
        "quantbook check report.md -P blokSize=128", "quantbook check report.md -P blockSize=128")
    case .deadLink:
      DiagnosticExample(
        "# Results\n\nSee [there](#result).", "# Results\n\nSee [there](#results).")
    case .unusedFootnote:
      DiagnosticExample(
        "Results.\n\n[^noise]: On two cores.", "Results.[^noise]\n\n[^noise]: On two cores.")
    case .invalidParameter:
      DiagnosticExample(
        "---\nparams:\n  stride: {default: 0, type: int, min: 1}\n---",
        "---\nparams:\n  stride: {default: 512, type: int, min: 1}\n---")
    case .unreadableParameters:
      command(
        "quantbook check report.md --params ful.yml", "quantbook check report.md --params full.yml",
        files: [("full.yml", "blockSize: 128\n")])
    case .cellFailed, .missingBrowser, .notDownloaded: nil
    case .nonFiniteResult:
      DiagnosticExample(
        overflowing("fail"), overflowing("report"), form: .run)
    case .timedOut: evaluate("", "", options: ("#| timeout: 1ms", "#| timeout: 30m"))
    case .unmetExpectation:
      DiagnosticExample(
        base + "\n\n```{expect}\n- base.layers > 100\n```",
        base + "\n\n```{expect}\n- base.layers > 1\n```", form: .run)
    case .cannotWrite:
      command("quantbook run report.md -o .", "quantbook run report.md -o output")
    case .missingResults:
      command("quantbook run report.md --frozen", "quantbook run report.md\n" + frozen)
    case .invalidResults:
      command(
        "quantbook run report.md\nquantbook diff output/report.results.json report.md",
        "quantbook run report.md\n"
          + "quantbook diff output/report.results.json output/report.results.json")
    case .staleResults:
      command(
        "quantbook run report.md\n\(frozen) -P blockSize=128", "quantbook run report.md\n" + frozen)
    }
  }

  private var base: String { "```{load}\n#| label: base\nmodel: starter\n```" }
  private var text: String { "```{corpus}\n#| label: text\ntext: house-prose\n```" }
  private var frozen: String { "quantbook run report.md --frozen" }

  /// A configuration of 175 billion parameters.
  private var gpt3: String {
    """
    {"model_type": "gpt2", "vocab_size": 50257, "n_positions": 2048,
     "n_embd": 12288, "n_layer": 96, "n_head": 96}

    """
  }

  private func command(
    _ mistake: String, _ cure: String, files: [(name: String, text: String)] = []
  ) -> DiagnosticExample {
    DiagnosticExample(mistake, cure, form: .command, files: files)
  }

  /// Two notebooks that load, by these keys.
  private func load(
    _ mistake: String, _ cure: String, form: DiagnosticExample.Form = .notebook,
    files: [(name: String, text: String)] = []
  ) -> DiagnosticExample {
    DiagnosticExample(
      "```{load}\n\(mistake)\n```", "```{load}\n\(cure)\n```", form: form, files: files)
  }

  /// Two notebooks that quantize, by these keys.
  private func quantize(
    _ mistake: String, _ cure: String, form: DiagnosticExample.Form = .notebook
  ) -> DiagnosticExample {
    DiagnosticExample(quantized(mistake), quantized(cure), form: form)
  }

  private func quantized(_ keys: String) -> String {
    base + "\n\n```{quantize}\nof: base\n\(keys)\n```"
  }

  /// Two notebooks that evaluate, by these keys and options.
  private func evaluate(
    _ mistake: String, _ cure: String, options: (mistake: String, cure: String) = ("", ""),
    form: DiagnosticExample.Form = .run
  ) -> DiagnosticExample {
    let short = "house-prose\nlimit: 10%"
    return DiagnosticExample(
      evaluated(text: short, mistake, options.mistake), evaluated(text: short, cure, options.cure),
      form: form)
  }

  private func evaluated(text: String, _ keys: String = "", _ options: String = "") -> String {
    let lines = [
      "```{evaluate}", options, "of: base", "corpus: text", "metrics: [perplexity]", keys, "```",
    ]
    return base + "\n\n```{corpus}\n#| label: text\ntext: \(text)\n```\n\n"
      + lines.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// A notebook whose model computes with codes that have lost their scale.
  private func overflowing(_ way: String) -> String {
    base + "\n\n" + text.replacing("house-prose", with: "house-prose\nlimit: 10%")
      + "\n\n```{quantize}\n#| label: raw\nof: base\nscheme: int8\ncodes: raw\n"
      + "granularity: tensor\nonly: [\"*.weight\"]\n```\n\n```{evaluate}\nof: raw\ncorpus: text\n"
      + "metrics: [perplexity]\nperplexity: {overflow: \(way)}\n```"
  }

  /// Two notebooks that show the range of a latency, by these settings of it.
  private func spread(_ mistake: String, _ cure: String) -> DiagnosticExample {
    let start =
      base + "\n\n```{evaluate}\n#| label: results\nof: base\nmetrics: [latency]\nlatency: "
    let end =
      "\n```\n\n```{plot-table}\nfrom: results\ncolumns: [base]\nrows:\n"
      + "  - {label: Latency, value: latency.after, format: ms(1), spread: true}\n```"
    return DiagnosticExample(start + mistake + end, start + cure + end)
  }

  /// Two notebooks with these expressions in their prose.
  private func prose(_ mistake: String, _ cure: String) -> DiagnosticExample {
    DiagnosticExample(
      base + "\n\nIt has {{ \(mistake) }}.", base + "\n\nIt has {{ \(cure) }}.")
  }
}
