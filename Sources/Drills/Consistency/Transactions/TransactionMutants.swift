import Patterns

/// The deliberate bugs of the transaction store.
enum TransactionMutants {
  /// The wrong way to build the store that a mutant stands for.
  static func shortcut(_ mutant: String?) -> TransactionShortcut? {
    guard let mutant else { return nil }
    guard let shortcut = shortcuts.first(where: { $0.id == mutant })?.shortcut else {
      preconditionFailure("transactions have no mutant called \(mutant)")
    }
    return shortcut
  }

  private static let shortcuts: [(id: String, shortcut: TransactionShortcut)] = [
    ("snapshot-per-statement", .snapshotPerStatement),
    ("overwrites-newer-row", .noFirstUpdaterCheck),
    ("row-locks-end-early", .rowLocksEndWithStatement),
    ("read-locks-end-at-commit", .readLocksEndAtCommit),
    ("no-recheck-after-wait", .noRecheckAfterWait),
    ("no-deadlock-check", .noDeadlockCheck),
    ("shows-uncommitted", .uncommittedIsSeen),
  ]

  static let all: [Mutant] = [
    Mutant(
      "snapshot-per-statement", title: "takes a new snapshot for each statement",
      summary: "At REPEATABLE READ every statement sees what was committed when it began, so that "
        + "audits add up accounts of different moments.",
      settings: [
        "workload": "transfer", "isolation": "repeatable-read", "retry": "reread",
        "audits": "30 %", "rows": "8", "think": "10ms", "duration": "8s",
      ], caughtBy: .finding("audits see the whole sum")),
    Mutant(
      "overwrites-newer-row", title: "does not look whether the row changed since the snapshot",
      summary: "At REPEATABLE READ the second updater goes on from its snapshot instead of failing "
        + "with 40001: the first one's update is lost.",
      settings: [
        "isolation": "repeatable-read", "retry": "reread", "think": "10ms", "duration": "8s",
      ], caughtBy: .finding("no acknowledged increment is lost")),
    Mutant(
      "row-locks-end-early", title: "gives row locks back before the commit",
      summary: "Locks end with the statement, so that two transactions change one row at a time: "
        + "increments in the database are lost.",
      settings: ["update.atomic": "on", "think": "10ms", "duration": "8s", "network": "5ms"],
      caughtBy: .finding("no acknowledged increment is lost")),
    Mutant(
      "read-locks-end-at-commit", title: "forgets what a transaction read when it commits",
      summary: "SIREAD locks must outlive the commit while concurrent transactions run. Without "
        + "them a dangerous structure whose first part has committed is not found.",
      settings: [
        "workload": "on-call", "isolation": "serializable", "retry": "reread", "rows": "2",
        "think": "5ms", "duration": "8s",
      ], caughtBy: .finding("serializable")),
    Mutant(
      "no-recheck-after-wait", title: "goes on after a wait with the row as it was before",
      summary: "An UPDATE that waited at READ COMMITTED adds to the old value instead of the one "
        + "that was committed meanwhile.",
      settings: ["update.atomic": "on", "think": "10ms", "duration": "8s", "network": "5ms"],
      caughtBy: .finding("no acknowledged increment is lost")),
    Mutant(
      "no-deadlock-check", title: "does not look for deadlocks",
      summary: "Sessions that wait for each other wait for ever, until their clients give up.",
      settings: [
        "workload": "transfer", "update.atomic": "on", "rows": "4", "retry": "reread",
        "think": "10ms", "duration": "8s", "timeout": "5s",
      ], caughtBy: .objective("wait_max < 4 s")),
    Mutant(
      "shows-uncommitted", title: "shows what other transactions have not committed",
      summary: "Reads see the changes of transactions under way, also of those that roll back.",
      settings: [
        "workload": "transfer", "audits": "30 %", "isolation": "repeatable-read", "rows": "8",
        "retry": "reread", "think": "10ms", "duration": "8s",
      ], caughtBy: .finding("serializable")),
  ]
}
