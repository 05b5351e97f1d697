import ArgumentParser

/// What may be asked of other machines.
struct HubOptions: ParsableArguments {
  @Flag(
    name: .customLong("offline"),
    help: "Fetch nothing: models from the Hub must be in its cache. HF_HUB_OFFLINE=1 does the same."
  )
  var isOffline = false
}
