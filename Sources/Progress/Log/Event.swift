/// Something that happened, as the log keeps it for good.
public struct Event: Sendable, Hashable {
  /// Its name, the same on every machine.
  public let id: EventID
  /// The learner's action it belongs to: the id of the first event that was appended with it.
  ///
  /// `undo` takes back whole actions.
  public let action: EventID
  /// The machine that appended it.
  public let device: String
  /// The wall clock at that moment, in milliseconds since 1970 (UTC).
  public let atMilliseconds: Int
  /// Its place in the order of the log.
  ///
  /// It is the wall clock, moved on where that would not be later than everything that the machine
  /// knew then (a hybrid logical clock; Kulkarni and others, 2014). **An event that was appended in knowledge of another always comes after it**, whatever the
  /// clocks of the machines say; that is why the order is by `stamp`, then by `id`.
  public let stamp: Int
  /// What happened.
  public let fact: Fact

  /// Whether the left event comes first in the order of the log.
  static func isOrdered(_ left: Event, _ right: Event) -> Bool {
    (left.stamp, left.id) < (right.stamp, right.id)
  }
}
