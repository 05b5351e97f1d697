/// What TeX's commands without arguments stand for.
enum FormulaSymbols {
  /// Greek and other letters; capitals of Greek stand upright.
  static let letters: [String: String] = [
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ",
    "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "omicron": "ο", "pi": "π", "varpi": "ϖ",
    "rho": "ρ", "varrho": "ϱ", "sigma": "σ", "varsigma": "ς", "tau": "τ", "upsilon": "υ",
    "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "ell": "ℓ", "hbar": "ℏ",
    "imath": "ı", "jmath": "ȷ", "partial": "∂",
  ]

  static let uprightLetters: [String: String] = [
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "infty": "∞", "nabla": "∇", "Re": "ℜ",
    "Im": "ℑ", "aleph": "ℵ", "emptyset": "∅", "varnothing": "∅", "top": "⊤", "bot": "⊥",
    "degree": "°", "dots": "…", "ldots": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱",
  ]

  static let operators: [String: String] = [
    "cdot": "⋅", "times": "×", "div": "÷", "pm": "±", "mp": "∓", "ast": "∗", "star": "⋆",
    "circ": "∘", "bullet": "∙", "oplus": "⊕", "ominus": "⊖", "otimes": "⊗", "odot": "⊙",
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ll": "≪", "gg": "≫", "ne": "≠", "neq": "≠",
    "equiv": "≡", "approx": "≈", "sim": "∼", "simeq": "≃", "cong": "≅", "propto": "∝",
    "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂", "subseteq": "⊆", "supset": "⊃",
    "supseteq": "⊇", "cup": "∪", "cap": "∩", "setminus": "∖", "wedge": "∧", "land": "∧",
    "vee": "∨", "lor": "∨", "neg": "¬", "lnot": "¬", "forall": "∀", "exists": "∃", "mid": "∣",
    "parallel": "∥", "perp": "⊥", "to": "→", "rightarrow": "→", "gets": "←", "leftarrow": "←",
    "leftrightarrow": "↔", "uparrow": "↑", "downarrow": "↓", "Rightarrow": "⇒", "implies": "⟹",
    "Leftarrow": "⇐", "Leftrightarrow": "⇔", "iff": "⟺", "mapsto": "↦", "longrightarrow": "⟶",
    "prime": "′", "colon": ":", "coloneqq": "≔", "triangleq": "≜", "lt": "<", "gt": ">",
    "prec": "≺", "succ": "≻", "vdash": "⊢", "models": "⊨", "bowtie": "⋈", "angle": "∠",
  ]

  /// Operators whose limits stand above and below them on a line of their own.
  static let largeOperators: [String: String] = [
    "sum": "∑", "prod": "∏", "coprod": "∐", "bigcup": "⋃", "bigcap": "⋂", "bigoplus": "⨁",
    "bigotimes": "⨂", "bigvee": "⋁", "bigwedge": "⋀",
  ]

  static let integrals: [String: String] = ["int": "∫", "iint": "∬", "iiint": "∭", "oint": "∮"]

  static let functions: Set<String> = [
    "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "deg", "dim", "exp", "hom", "ker",
    "lg", "ln", "log", "sin", "sinh", "tan", "tanh",
  ]

  /// Functions whose scripts stand below them on a line of their own.
  static let limitFunctions: Set<String> = [
    "det", "gcd", "inf", "lim", "liminf", "limsup", "max", "min", "Pr", "sup",
  ]

  /// In em.
  static let spaces: [String: Double] = [
    ",": 0.167, ":": 0.222, ">": 0.222, ";": 0.278, "!": -0.167, " ": 0.25, "quad": 1,
    "qquad": 2, "thinspace": 0.167, "enspace": 0.5, "enskip": 0.5,
  ]

  static let delimiters: [String: String] = [
    "{": "{", "}": "}", "|": "‖", "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]",
    "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
    "lvert": "|", "rvert": "|", "vert": "|", "lVert": "‖", "rVert": "‖", "Vert": "‖",
    "backslash": "\\",
  ]

  struct Mark {
    var text: String
    var isAbove = true
    var isWide = false
  }

  static let marks: [String: Mark] = [
    "hat": Mark(text: "^"), "check": Mark(text: "ˇ"), "tilde": Mark(text: "~"),
    "bar": Mark(text: "¯"), "vec": Mark(text: "→"), "dot": Mark(text: "˙"),
    "ddot": Mark(text: "¨"), "acute": Mark(text: "´"), "grave": Mark(text: "`"),
    "breve": Mark(text: "˘"), "widehat": Mark(text: "^", isWide: true),
    "widetilde": Mark(text: "~", isWide: true), "overline": Mark(text: "¯", isWide: true),
    "overrightarrow": Mark(text: "→", isWide: true),
    "overbrace": Mark(text: "⏞", isWide: true),
    "underline": Mark(text: "_", isAbove: false, isWide: true),
    "underbrace": Mark(text: "⏟", isAbove: false, isWide: true),
  ]

  /// Height of a delimiter of a chosen size, in em.
  static let sizes: [String: Double] = ["big": 1.2, "Big": 1.6, "bigg": 2.1, "Bigg": 2.6]

  static let alphabets: [String: MathAlphabet] = [
    "mathrm": .upright, "mathup": .upright, "mathit": .italic, "mathbf": .bold,
    "boldsymbol": .boldItalic, "bm": .boldItalic, "mathbb": .doubleStruck, "mathcal": .script,
    "mathscr": .script, "mathfrak": .fraktur, "mathsf": .sansSerif, "mathtt": .monospace,
  ]

  static let texts: Set<String> = ["text", "textrm", "textit", "textbf", "texttt", "mbox"]

  /// Environments: delimiters around their table, alignment of its columns.
  struct Environment {
    var open = ""
    var close = ""
    var alignments: [Formula.Table.Alignment] = [.center]
    var isDisplay = false
  }

  static let environments: [String: Environment] = [
    "matrix": Environment(), "pmatrix": Environment(open: "(", close: ")"),
    "bmatrix": Environment(open: "[", close: "]"), "Bmatrix": Environment(open: "{", close: "}"),
    "vmatrix": Environment(open: "|", close: "|"), "Vmatrix": Environment(open: "‖", close: "‖"),
    "smallmatrix": Environment(), "cases": Environment(open: "{", alignments: [.left]),
    "aligned": Environment(alignments: [.right, .left], isDisplay: true),
    "align": Environment(alignments: [.right, .left], isDisplay: true),
    "align*": Environment(alignments: [.right, .left], isDisplay: true),
    "split": Environment(alignments: [.right, .left], isDisplay: true),
    "gathered": Environment(isDisplay: true), "gather": Environment(isDisplay: true),
    "gather*": Environment(isDisplay: true),
  ]

  /// Every command's name, for suggestions.
  static let allNames: [String] = {
    let lists: [[String]] = [
      Array(letters.keys), Array(uprightLetters.keys), Array(operators.keys),
      Array(largeOperators.keys), Array(integrals.keys), Array(functions), Array(limitFunctions),
      Array(spaces.keys), Array(delimiters.keys), Array(marks.keys), Array(sizes.keys),
      Array(alphabets.keys), Array(texts), FormulaCommand.allCases.map(\.rawValue),
    ]
    return lists.joined().filter { $0.count > 1 }.sorted()
  }()
}
