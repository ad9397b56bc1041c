import Patterns

/// The deliberate bugs of CQRS, each with the settings under which it shows.
enum CQRSMutants {
  static let all = [
    Mutant(
      CQRSShortcut.expectsWhatIsThere.rawValue,
      title: "reads the expected version just before the append",
      summary: "The handler asks the store for the stream's version when it appends, instead of "
        + "keeping the one that it decided on. Every append succeeds, and two withdrawals decided on "
        + "one balance both take the money.",
      settings: ["duration": "20s", "greed": "20%", "withdrawals": "50%"],
      caughtBy: .invariant("one winner")),
    Mutant(
      CQRSShortcut.checkpointApart.rawValue,
      title: "writes the checkpoint in a transaction of its own",
      summary: "The rows are committed first and the checkpoint a few milliseconds later. A "
        + "projector that dies in between applies the batch again.",
      settings: [
        "duration": "40s", "rate": "100/s", "poll": "20ms", "checkpoint.time": "50ms",
      ],
      faults: crashes,
      caughtBy: .invariant("rows")),
    Mutant(
      CQRSShortcut.parksOneEvent.rawValue,
      title: "puts the poison event aside and applies the later ones of its stream",
      summary: "Only the event that cannot be read is parked. The next events of the account are "
        + "applied to a row that lacks it.",
      settings: [
        "duration": "20s", "poison": "park", "poison.at": "3s", "customers": "3", "accounts": "1",
      ],
      caughtBy: .invariant("rows")),
    Mutant(
      CQRSShortcut.switchesEarly.rawValue, title: "switches readers to the new table too early",
      summary: "The readers are switched when half of the events are in the new table. Lists go "
        + "back in time.",
      settings: ["duration": "30s", "history": "100", "rebuild.at": "5s", "batch": "50"],
      caughtBy: .invariant("switch")),
    Mutant(
      CQRSShortcut.waitsForFastest.rawValue,
      title: "waits for the fastest segment instead of the slowest",
      summary: "A read with a token goes ahead as soon as any segment has passed the position, "
        + "though the segment of its account may be behind.",
      settings: [
        "duration": "20s", "reads": "wait", "wait.timeout": "10s", "segments": "8",
        "rate": "60/s", "think": "0s", "apply.time": "10ms",
      ],
      caughtBy: .invariant("token")),
    Mutant(
      CQRSShortcut.replaysOneTwice.rawValue,
      title: "replays the last event of the snapshot on top of it",
      summary: "The tail is read from the snapshot's version instead of the one after it, so that "
        + "one event counts twice.",
      settings: ["duration": "10s", "snapshot.every": "10"], caughtBy: .invariant("snapshot")),
  ]

  private static let crashes = (0..<16).map { "at \(5 + $0 * 2)s crash projector-1 for 200ms" }
}
