import Patterns

/// The deliberate bugs of coordinators and participants, and what catches them.
enum CommerceMutants {
  static var all: [Mutant] { DistributedShortcut.allCases.map(mutant) }

  private static func mutant(_ shortcut: DistributedShortcut) -> Mutant {
    switch shortcut {
    case .tellsBeforeForcing:
      Mutant(
        shortcut.rawValue, title: "The coordinator tells its decision before it is on disk",
        summary: "COMMIT leaves before the record of it is durable. A crash in between forgets the "
          + "decision: one service has committed, and the others are told to abort.",
        settings: [
          "protocol": "2pc", "rate": "80/s", "disk.sync": "20ms", "vote.timeout": "500ms",
          "records": "500",
        ],
        faults: ["at 5s drop 50% orders -> payment for 50s"]
          + (0..<12).map { "at \(8 + $0 * 4)s crash orders for 500ms" },
        caughtBy: .invariant("atomic commit"))
    case .silenceIsYes:
      Mutant(
        shortcut.rawValue, title: "The coordinator takes silence for a yes",
        summary: "When the vote timeout is over, who has not voted counts as prepared. A service "
          + "that never heard of the transaction has nothing to commit.",
        settings: ["protocol": "2pc"], faults: ["at 20s crash shipping for 15s"],
        caughtBy: .finding(CommerceAudit.allOrNothing))
    case .abortsInDoubt:
      Mutant(
        shortcut.rawValue, title: "A prepared service aborts when it has waited long enough",
        summary: "It has promised to commit and breaks the promise after three seconds. If the "
          + "decision was commit, the others have carried it out.",
        settings: ["protocol": "2pc", "rate": "60/s", "network.p50": "20ms"],
        faults: (0..<4).map { "at \(10 + $0 * 12)s partition orders -> payment for 6s" },
        caughtBy: .invariant("atomic commit"))
    case .newKeyPerAttempt:
      Mutant(
        shortcut.rawValue, title: "Every try of a step has a key of its own",
        summary: "The participant cannot know that it has carried the step out already.",
        faults: ["at 20s drop 30% payment -> orders for 20s"],
        caughtBy: .objective("double_charges = 0"))
    case .compensatesForwards:
      Mutant(
        shortcut.rawValue, title: "Compensations run first step first",
        summary: "What a later step was built upon is taken away before the later step is undone.",
        settings: ["refused": "30%"], caughtBy: .finding(CommerceAudit.reverse))
    case .givesUpCompensation:
      Mutant(
        shortcut.rawValue, title: "A compensation that fails three times counts as done",
        summary: "The saga ends as compensated while a courier stays booked for good.",
        settings: ["refused": "30%"], faults: ["at 20s drop 70% orders -> shipping for 20s"],
        caughtBy: .finding(CommerceAudit.allOrNothing))
    case .turnsBackAfterPivot:
      Mutant(
        shortcut.rawValue, title: "A step after the pivot turns the saga back",
        summary: "The card has been charged and the parcel may be on its way; there is only "
          + "forward.",
        faults: ["at 20s drop 70% orders -> shipping for 20s"],
        caughtBy: .finding(CommerceAudit.pivot))
    }
  }
}
