/// A wrong way to build load shedding that seems to work.
public enum LoadSheddingShortcut: String, Sendable, Hashable, CaseIterable {
  /// A call that is dropped in line does not give its place in the limit back.
  case leaksPermits = "permits-leak"
  /// The most critical class is refused first.
  case invertsPriority = "priority-inverted"
  /// The limit grows although hardly anything is in flight.
  case growsWhileIdle = "grows-while-idle"
  /// The limit never shrinks.
  case neverShrinks = "limit-never-shrinks"
  /// The client counts refusals as if they had been accepted.
  case countsRefusalsAsAccepted = "refusals-count-as-accepted"
}
