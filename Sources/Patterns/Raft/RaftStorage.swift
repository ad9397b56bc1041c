import Kernel

/// What a node must not forget besides its log (figure 2 of the paper, "persistent state").
public struct RaftHardState: Sendable, Hashable {
  /// The latest term the node has seen.
  public var term: RaftTerm
  /// Whom it voted for in that term.
  public var vote: NodeID?
  /// An index known to be committed.
  ///
  /// It may be lost; it is kept, as etcd does, so that a restart need not wait for a leader to
  /// replay what the node already knew.
  public var commit: RaftIndex

  /// The hard state of a node, new by default.
  public init(term: RaftTerm = 0, vote: NodeID? = nil, commit: RaftIndex = 0) {
    self.term = term
    self.vote = vote
    self.commit = commit
  }
}

/// What one step of a node wants on disk, all or nothing, before its later outputs are done.
public struct RaftWrite<Command: Sendable & Hashable, Image: Sendable & Hashable>: Sendable,
  Hashable
{
  /// The new hard state, if it changed.
  public var hardState: RaftHardState?
  /// The new snapshot, if there is one.
  public var snapshot: RaftSnapshot<Image>?
  /// The point up to which the log is dropped, together with the snapshot.
  public var base: RaftLogBase?
  /// Whether the whole log is dropped, because a leader's snapshot replaces it.
  public var dropsLog: Bool
  /// Entries that replace everything in the log from the first one's index on.
  public var entries: [RaftEntry<Command>]
  /// Whether the write must be synced before what follows: false when only the commit moved.
  public var needsSync: Bool
}

/// The point before the first entry that a log still holds.
public struct RaftLogBase: Sendable, Hashable {
  /// The index of the last entry dropped; 0 when none was.
  public let index: RaftIndex
  /// Its term; 0 when none was dropped.
  public let term: RaftTerm

  /// The point after the entry of `term` at `index`.
  public init(index: RaftIndex, term: RaftTerm) {
    self.index = index
    self.term = term
  }
}

/// The disk of a node as a value: the sum of its writes, and what it restarts from.
public struct RaftStorage<Command: Sendable & Hashable, Image: Sendable & Hashable>: Sendable,
  Hashable
{
  /// The term, the vote and the commit index.
  public private(set) var hardState = RaftHardState()
  /// The members the cluster was founded with; empty for a node that joins later.
  public let founders: RaftMembership
  /// The latest snapshot.
  public private(set) var snapshot: RaftSnapshot<Image>?
  /// The point before the first entry.
  public private(set) var base = RaftLogBase(index: 0, term: 0)
  /// The entries after the base.
  public private(set) var entries: [RaftEntry<Command>] = []

  /// The disk of a new node; `founders` is the same on all that start together.
  public init(founders: RaftMembership) { self.founders = founders }

  /// The disk with a given past, for tests that start from a figure.
  public init(
    founders: RaftMembership, hardState: RaftHardState, entries: [RaftEntry<Command>]
  ) {
    self.founders = founders
    self.hardState = hardState
    self.entries = entries
  }

  /// Carries out a write.
  public mutating func write(_ write: RaftWrite<Command, Image>) {
    if let hardState = write.hardState { self.hardState = hardState }
    if let snapshot = write.snapshot { self.snapshot = snapshot }
    if let base = write.base {
      let last = self.base.index + entries.count
      if write.dropsLog || base.index >= last {
        entries.removeAll()
      } else {
        entries.removeFirst(base.index - self.base.index)
      }
      self.base = base
    }
    if let first = write.entries.first {
      let kept = first.index - base.index - 1
      precondition(kept >= 0 && kept <= entries.count, "a write leaves a gap in the log")
      entries.removeSubrange(kept...)
      entries.append(contentsOf: write.entries)
    }
  }
}
