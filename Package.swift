// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = [])
  -> Target
{
  .target(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [])
  -> Target
{
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name)] + dependencies,
    exclude: exclude, swiftSettings: strict)
}

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let arguments = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let sockets = Target.Dependency.product(name: "FlyingSocks", package: "FlyingFox")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

let package = Package(
  name: "quantbook",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "quantbook", targets: ["quantbook"]),
    .library(name: "QuantbookEngine", targets: ["Evaluation"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
  ],
  targets: [
    // C libraries, each with one Swift importer.
    .systemLibrary(
      name: "CCmarkGFM", pkgConfig: "libcmark-gfm",
      providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"]), .brew(["cmark-gfm"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(
      name: "CLzma", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"]), .brew(["xz"])]),
    .target(name: "CKernels"),
    .target(name: "CMappings"),

    // What both of the following write, and how much both accept.
    module("JSONStrings"),
    module("Paths"),
    module("InputLimits"),

    // The engine: knows nothing of notebooks.
    module("SafeFiles", ["CMappings", "InputLimits", "JSONStrings", "Paths", crypto]),
    module("Decompression", ["CZlib", "CZstd", "CLzma"]),
    module("Parquet", ["Decompression", "InputLimits", "SafeFiles"]),
    module("Tokenization", ["InputLimits", "SafeFiles"]),
    module("Kernels", ["CKernels"]),
    module("ModelFiles", ["InputLimits", "Paths", "SafeFiles"]),
    module("Quantization", ["Kernels"]),
    module("Hub", ["InputLimits", "Paths", "SafeFiles"]),
    module(
      "GPT2",
      [
        "InputLimits", "Kernels", "Quantization", "ModelFiles", "Paths", "Tokenization",
        "SafeFiles",
      ]),
    module(
      "Evaluation",
      ["InputLimits", "GPT2", "Quantization", "Kernels", "Tokenization", "SafeFiles"]),

    // The notebook: knows nothing of the engine.
    module("Diagnostics", ["JSONStrings"]),
    module("Markdown", ["CCmarkGFM", "InputLimits"]),
    module("Formulas", ["InputLimits"]),
    module(
      "NotebookLanguage", ["Diagnostics", "InputLimits", "Markdown", "Formulas", "Paths", yams]),
    module(
      "NotebookRunner",
      [
        "NotebookLanguage", "Diagnostics", "InputLimits", "JSONStrings", "Markdown", "Paths",
        "SafeFiles",
      ]),
    module(
      "Rendering",
      [
        "NotebookLanguage", "Markdown", "Formulas", "Diagnostics", "JSONStrings", "Paths", mustache,
        crypto,
      ],
      resources: [
        .embedInCode("HTML/Theme.css"), .embedInCode("HTML/Page.mustache"),
        .embedInCode("HTML/Page.js"), .embedInCode("Site/Index.mustache"),
        .embedInCode("Site/Search.js"), .embedInCode("Site/Site.css"),
      ]),

    // What the live preview is asked: by whom and for what.
    module("PreviewRequests", ["InputLimits"]),

    // Where the two meet.
    module(
      "Cells",
      [
        "NotebookLanguage", "Diagnostics", "Markdown", "Evaluation", "GPT2", "Quantization",
        "Kernels", "ModelFiles", "Tokenization", "Hub", "Parquet", "Decompression", "SafeFiles",
        "InputLimits", "Paths", "StarterModel",
      ]),
    .target(
      name: "StarterModel", exclude: ["Training"], resources: [.copy("Resources")],
      swiftSettings: strict),
    .executableTarget(
      name: "quantbook",
      dependencies: [
        "Cells", "NotebookRunner", "NotebookLanguage", "Rendering", "Markdown", "Diagnostics",
        "SafeFiles", "Kernels", "GPT2", "Quantization", "Tokenization", "Hub", "Decompression",
        "StarterModel", "InputLimits", "JSONStrings", "Paths", "PreviewRequests",
        arguments, sockets,
      ],
      resources: [
        .embedInCode("Templates/minimal.md"), .embedInCode("Templates/report.md"),
        .embedInCode("Preview/Preview.js"), .embedInCode("Preview/Preview.css"),
      ],
      swiftSettings: strict),
    tests("StarterModel"),
    tests(
      "quantbook",
      [
        "Cells", "NotebookLanguage", "NotebookRunner", "Diagnostics", "InputLimits", "SafeFiles",
        "TestSupport", arguments, yams,
      ]),

    tests(
      "Cells",
      [
        "NotebookLanguage", "NotebookRunner", "Diagnostics", "Quantization", "SafeFiles",
        "InputLimits", "TestSupport", "Tokenization", "Hub",
      ], exclude: ["Cases"]),
    // Ratios of speed within one run; never a test.
    .executableTarget(
      name: "quantbook-bench",
      dependencies: [
        "GPT2", "Quantization", "Kernels", "ModelFiles", "Tokenization", "StarterModel", arguments,
      ],
      exclude: ["peers"], swiftSettings: strict),
    // What Tests/Fixtures/parity.py compares with the peers, live.
    .executableTarget(
      name: "quantbook-parity",
      dependencies: [
        "Evaluation", "GPT2", "Quantization", "ModelFiles", "Tokenization", "SafeFiles",
        "InputLimits", "StarterModel", arguments,
      ],
      swiftSettings: strict),

    // Tests of the notebook.
    tests(
      "Rendering", ["NotebookLanguage", "Markdown", "Paths", "TestSupport"],
      exclude: ["Charts", "Golden"]),
    tests("Diagnostics"),
    tests("InputLimits"),
    tests("Markdown", ["InputLimits"]),
    tests("Formulas", ["InputLimits"]),
    tests(
      "NotebookLanguage",
      ["Diagnostics", "InputLimits", "Markdown", "ToyCells", "TestSupport"], exclude: ["Cases"]),
    tests(
      "NotebookRunner",
      ["NotebookLanguage", "Diagnostics", "InputLimits", "Markdown", "SafeFiles", "ToyCells"]),
    .target(
      name: "ToyCells", dependencies: ["NotebookLanguage", "Diagnostics"], path: "Tests/ToyCells",
      swiftSettings: strict),

    tests("PreviewRequests", ["InputLimits"]),

    // What is fuzzed, one file a parser, and the inputs of `Corpus` again.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Cells", "NotebookRunner", "NotebookLanguage", "Rendering", "Markdown", "Formulas",
        "Diagnostics", "GPT2", "ModelFiles", "Quantization", "Tokenization", "StarterModel",
        "Parquet", "Decompression", "InputLimits", "SafeFiles", "PreviewRequests",
      ],
      path: "Tests/Fuzz/Targets", swiftSettings: strict),
    .testTarget(
      name: "FuzzTargetsTests", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Replay",
      swiftSettings: strict),

    // Tests of the engine.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    tests("Kernels", ["TestSupport"]),
    tests("Quantization", ["Kernels", "TestSupport", crypto]),
    tests("JSONStrings"),
    tests("Paths"),
    tests("SafeFiles", ["InputLimits", "Paths"]),
    tests("Decompression"),
    tests("Parquet", ["InputLimits", "TestSupport"]),
    tests("Hub", ["InputLimits", "SafeFiles"]),
    tests("Tokenization", ["InputLimits", "SafeFiles"]),
    tests("ModelFiles", ["InputLimits", "SafeFiles"]),
    tests(
      "Evaluation",
      ["GPT2", "InputLimits", "Kernels", "ModelFiles", "Quantization", "SafeFiles", "Tokenization"]),
    tests(
      "GPT2",
      ["InputLimits", "Kernels", "ModelFiles", "Quantization", "SafeFiles", "Tokenization"]),
  ]
)

// Only `make fuzz` links the fuzzer's runtime, which has the program's `main`.
if Context.environment["QUANTBOOK_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "quantbook-fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Program",
      swiftSettings: strict))
}
