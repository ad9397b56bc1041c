import Kernel

/// What can be set on a server's log, under PostgreSQL's names.
public struct WALOptions: Sendable, Hashable {
  /// `synchronous_standby_names`.
  public var synchronousStandbys = SynchronousStandbys()
  /// `wal_writer_delay`: how long commits at level off may wait for the disk, about.
  public var walWriterDelay = TimeSpan.milliseconds(200)

  /// `wal_receiver_status_interval`: how often a standby says how far it is, though nothing is new.
  public var walReceiverStatusInterval = TimeSpan.seconds(10)

  /// The defaults of PostgreSQL.
  public init() {}
}
