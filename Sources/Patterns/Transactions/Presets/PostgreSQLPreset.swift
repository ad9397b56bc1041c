import Kernel

extension TransactionOptions {
  private static let locks = "PostgreSQL documentation, 20.12 Lock Management"

  /// PostgreSQL's own parameters that bear on transactions.
  public static let knobs: [Knob] = [
    Knob(
      "deadlock_timeout", .span(.milliseconds(1) ... .minutes(10)), standard: .span(.seconds(1)),
      source: locks, "How long a session waits for a lock before it looks for a deadlock."),
    Knob(
      "lock_timeout", .span(.zero ... .hours(1)), standard: .span(.zero),
      source: "PostgreSQL documentation, 20.11 Client Connection Defaults",
      "How long a session waits for a lock at most; 0s for no limit."),
    Knob(
      "max_pred_locks_per_page", .integer(0...1_000), standard: .integer(2), source: locks,
      "With more SIREAD locks on rows of a page than this, the whole page is locked."),
  ]

  /// The options as `settings` of `knobs` have them.
  public init(_ settings: Settings) {
    deadlockTimeout = settings.span("deadlock_timeout")
    lockTimeout = settings.span("lock_timeout")
    predicateLocksPerPage = settings.integer("max_pred_locks_per_page")
  }
}

extension ToolPreset {
  /// PostgreSQL as it comes.
  public static let postgresql = ToolPreset(
    id: "postgresql", title: "PostgreSQL 15 (behaviour recorded on 15.18)",
    knobs: TransactionOptions.knobs,
    leavesOut: [
      "Savepoints, joins, foreign keys, triggers, table and advisory locks, DEFERRABLE and "
        + "prepared transactions are left out; keys are single columns.",
      "The planner is a rule: the key's index where the key is compared or asked for in order, "
        + "the whole table otherwise, as with small tables that were never analysed; large or "
        + "analysed tables may take other SIREAD locks.",
      "Every version of a row takes a new place, and 226 of them are a page; space is not used "
        + "again as VACUUM and HOT pruning would have it.",
      "Whole numbers that are near each other share a leaf page of the index in runs of 366; pages do "
        + "not split and merge.",
      "The number of transactions watched for SERIALIZABLE is not bounded, so none are summarised.",
      "A deadlock check looks at who waits for whom; it does not rearrange queues of waiters.",
      "Statements take no time by themselves, and nothing is written to disk here: what a crash "
        + "and a failover keep is the matter of the write-ahead log.",
    ])
}
