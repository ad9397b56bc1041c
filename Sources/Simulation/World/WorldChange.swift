import Kernel

/// What a fault, or its end, changed in a world: what the host of the processes must act on.
public enum WorldChange: Sendable, Hashable {
  /// The process died: drop its memory, its timers and its unsynced writes.
  case crashed(NodeID)
  /// The process started a new life: make it anew from what its disk kept.
  case started(NodeID)
  /// The process stands still: hold back what reaches it.
  case paused(NodeID)
  /// The process goes on: let it have what was held back.
  case resumed(NodeID)
  /// The work of the node takes so many times as long from now on.
  case slowed(NodeID, by: Double)
  /// A clock of the node changed: reckon anew when its timers are due.
  case clockChanged(NodeID)
  /// The disk of the node became full or not, honest or lying.
  case diskChanged(NodeID, isFull: Bool, isLying: Bool)
  /// Some links changed.
  case linksChanged
  /// The load is so many times the usual from now on.
  case loadChanged(Double)
  /// The node answers calls with an error with this probability from now on.
  case errorsChanged(NodeID, Double)
}

/// A fault in force, with what names it.
public struct ActiveFault: Sendable, Hashable {
  /// Counts the faults of an environment, from 0: what `Environment.end` needs.
  public let number: Int
  /// The fault.
  public let fault: Fault
  /// Since when it is in force.
  public let since: Instant
  /// The event that recorded its beginning: the cause of what follows from it.
  public let event: Trace.ID
}

/// What came of applying a fault.
public struct AppliedFault: Sendable, Hashable {
  /// The number that ends it, nil when it happened at once and nothing of it remains.
  public let number: Int?
  /// The event that recorded it.
  public let event: Trace.ID
  /// What it changed, in order.
  public let changes: [WorldChange]
}
