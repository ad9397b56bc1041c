/// A wrong way to build a part of a sharded store that seems to work.
public enum ShardingShortcut: String, Sendable, Hashable, CaseIterable {
  /// The ring has one token a shard, however many it was told to have.
  case hasNoVirtualNodes = "ring-without-virtual-nodes"
  /// A key that is written at its source after it was read for copying is not copied again.
  case forgetsWrites = "writes-during-the-copy-forgotten"
  /// A batch that could not be copied counts as copied.
  case takesFailureForDone = "failed-copy-taken-for-done"
  /// Keys are copied as fast as the window lets them, whatever the rate says.
  case ignoresRate = "copy-rate-ignored"
  /// A router follows MOVED but keeps its old map.
  case neverLearns = "redirections-not-learned"
  /// A router takes ASK for MOVED and changes its map while the key's parcel is still moving.
  case takesAskForMoved = "ask-taken-for-moved"
  /// A full counter makes room by dropping its busiest key, not its least busy one.
  case dropsBusiest = "hot-key-counter-drops-the-busiest"
}
