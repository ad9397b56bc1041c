/// What the disaster-recovery models keep and leave out.
enum DisasterFidelity {
  static let scenario = Fidelity(
    models: [
      "The log is records in segments of 16 MB; a record can be replayed only if its segment is "
        + "in the archive. archive_timeout closes a segment early.",
      "Recovery follows PostgreSQL: target, inclusive, action, timeline, and the failures when a "
        + "target lies outside.",
      "Full, incremental and differential backups with their chains, retention, locks and rot.",
      "A standby gets every change after a lag, mistakes included; a delayed one holds them back.",
      "RPO is the age of the oldest commit that is gone, RTO the sum of the steps that were done.",
    ],
    leavesOut: [
      "Sizes and rates are given: backup and restore go at one steady rate, nothing is compressed.",
      "A backup's content is the rows as of its start plus the log; torn pages are not modelled.",
      "One table, inserts and a drop. Locks also cover the archived log.",
      "After a drop the primary still runs, so its last segments are shipped by hand.",
      "Cost is in production servers: 0.25 for a replica, 0.5 for a small stack, 1 for a full one, "
        + "0.02 for each stored terabyte. These shares are ours.",
    ],
    sources: [
      "PostgreSQL documentation, chapters 20.5 and 26.3; xlogrecovery.c",
      "AWS whitepaper, Disaster Recovery of Workloads on AWS",
      "restic-forget(1)",
    ])
}
