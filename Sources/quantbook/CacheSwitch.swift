import ArgumentParser

/// Whether anything is kept between runs.
struct CacheSwitch: ParsableArguments {
  @Flag(name: .customLong("no-cache"), help: "Neither use nor keep results of earlier runs.")
  var isOff = false
}
