import Kernel

/// Commanded under its own names.
enum CommandedCQRS {
  private static let snapshotting =
    "hex.pm/packages/commanded/1.4.0-rc.0/files/lib/commanded/snapshotting.ex"

  static let tool = ToolPreset(
    id: CQRSPreset.commanded.rawValue, title: "Commanded with EventStore, Elixir",
    knobs: [
      Knob(
        "expected_version", .choice(["exact", "any_version"]), standard: .word("exact"),
        source: "hexdocs.pm/eventstore, append_to_stream: integer, :any_version, :no_stream, "
          + ":stream_exists; the aggregate passes its own version",
        "What an append demands of its stream."),
      Knob(
        "snapshot_every", .integer(0...1_000), standard: .integer(0), source: snapshotting,
        "A snapshot every so many events; 0 is not configured, the default."),
      Knob(
        "snapshot_version", .integer(1...2), standard: .integer(1), source: snapshotting,
        "The version that the code gives its snapshots; one with another version is not used."),
    ],
    leavesOut: [
      "Aggregates are processes that stay in memory; here each command loads anew.",
      "snapshot_version is a number in the configuration: here 2 says that the upgrade of the bench "
        + "comes with a new number, 1 that it was forgotten.",
    ])

  static func options(_ settings: Settings) -> CQRSPreset.Options {
    var options = CQRSPreset.Options()
    options.isDeduplicating = false
    options.handler.concurrency = settings.word("expected_version") == "exact" ? .exact : .any
    options.snapshots.every = settings.integer("snapshot_every")
    options.snapshots.isRevisionChecked = settings.integer("snapshot_version") == 2
    return options
  }
}
