import ArgumentParser

/// Whether the raw HTML of notebooks is trusted.
struct RawHTML: ParsableArguments {
  @Flag(
    name: .customLong("unsafe-html"),
    help: "Pass a notebook's raw HTML through as it is; without it only harmless elements.")
  var isTrusted = false
}
