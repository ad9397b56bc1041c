/// What the disaster-recovery models keep and leave out.
enum DisasterFidelity {
  static let scenario = Fidelity(
    models: [
      "The log is records in segments of 16 MB; a record can be replayed only if its segment is "
        + "in the archive. archive_timeout and the end of a base backup close a segment early.",
      "Recovery follows PostgreSQL 15.18 as recorded: target, inclusive, action, timeline, backups "
        + "with and without their own log, and the refusals.",
      "Full, incremental and differential backups with their chains, retention (by age as restic, "
        + "by kind as pgBackRest), locks and rot.",
      "A copy in another zone, synchronous or not, and a standby in another region with a lag. "
        + "Both get every change, mistakes included; a delayed standby holds them back.",
      "RPO is the age of the oldest answered commit that is gone, RTO the sum of the steps done.",
      "Failback finds where the histories parted, fetches the pages that the old site changed "
        + "alone, replays the new log, and counts what only the old site had.",
    ],
    leavesOut: [
      "Sizes and rates are given: backup and restore go at one steady rate, nothing is compressed.",
      "A backup's content is the rows as of its start plus the log; torn pages are not modelled.",
      "One table; inserts, a drop, a change that spoils every row. One open transaction at a time. "
        + "Locks also cover the archived log.",
      "After a drop the primary still runs, so its last segments are shipped by hand.",
      "A row lies where the rows before it end, and a commit changes only its own pages. A rewind "
        + "copies no configuration or log files, and finds the old log complete.",
      "A commit that waits for a lost copy is refused at once; PostgreSQL has written it and waits.",
      "While another site serves it is not backed up, and a site restored from backups is not "
        + "left again.",
      "PostgreSQL finds the newest timeline by asking for one after the other; here it is known. "
        + "Several targets at once, which it refuses, cannot be given. Increments of pg_basebackup "
        + "came with version 17 and are not those of this model.",
      "Cost is in production servers: 0.25 for a replica, 0.5 for a small stack, 1 for a full one, "
        + "0.02 for each stored terabyte. These shares are ours.",
    ],
    sources: [
      "PostgreSQL documentation, chapters 20.5, 26.3 and 27.2.8, pg_rewind; xlogrecovery.c",
      "Recorded steps of PostgreSQL 15.18 and pgBackRest 2.45, in the tests",
      "AWS whitepaper, Disaster Recovery of Workloads on AWS",
      "restic-forget(1)",
    ])
}
