public import Kernel

/// Everything that a simulation changes: its state, and what each kind of event does to it.
///
/// Make it a struct and `Event` an enum of small numbers (indices into the world's own tables):
/// no event is then allocated, copied or counted.
public protocol World: ~Copyable {
  /// What can happen.
  associatedtype Event

  /// Lets `event` happen at `now`; what follows from it goes into `queue`.
  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>)
}
