import Kernel
import Patterns

/// A message as a worker is handed it.
struct StreamItem: Sendable, Hashable {
  /// The number it was published under.
  let number: Int
  /// What the broker knows it by: a stream sequence, or the id of an entry.
  let token: String
  /// How often it was handed out, this time included.
  let count: Int
}

/// What the processes of NATS and Redis send each other.
///
/// A request carries a number of its sender's, which the answer repeats. What is pushed over a
/// connection carries the number of the connection and its place on it.
enum StreamWire: Sendable {
  // Clients to brokers.
  case hello(session: Int)
  case beat(session: Int)
  case publish(number: Int, id: String?, request: Int)
  case fetch(StreamFetch, most: Int, request: Int)
  case settle(token: String, isDone: Bool)
  case read(session: Int, place: Int)
  // Brokers to clients.
  case accepted(request: Int)
  case rejected(request: Int)
  case handed([StreamItem], request: Int)
  case pushed(StreamItem, session: Int, place: Int)
  case closed
  // Between the servers of Redis.
  case replicate([String], offset: Int, at: Instant)
  case replicated(offset: Int)
  case stands(offset: Int)
  case resync
  case snapshot(RedisStreams, offset: Int)
  // Between the sentinel, servers and clients.
  case probe
  case alive
  case primary(NodeID)
}

extension StreamWire: Equatable {}

/// What a worker asks for.
enum StreamFetch: Sendable, Hashable {
  /// What is new, waiting up to `expires` for it.
  case new(expires: TimeSpan)
  /// What is pending for the asker.
  case own
  /// What is pending for anybody for at least so long.
  case idle(TimeSpan)
}

/// What a driver tells a process on its machine.
enum StreamWord: Sendable, Hashable {
  case publish(number: Int)
  case workDone(tag: Int)
}

/// What a process tells the driver.
enum StreamAnswer: Sendable, Hashable {
  /// A publisher knows that the broker answers for its message, or does not take it.
  case confirmed(Int)
  case refused(Int)
  case retried(Int, attempt: Int)
  /// A worker was handed a message; it begins to work on one; it has done it.
  case handed(StreamItem)
  case begins(StreamItem, tag: Int)
  case applied(Int)
  /// A client's buffer was full.
  case dropped(Int)
  /// The broker knew the id of a message, or removed messages for its limits.
  case repeated(Int)
  case discarded(Int)
  /// The wait for an acknowledgement is over; the message is handed out again, or given up.
  case timedOut(Int, deliveries: Int)
  case givenUp(Int, deliveries: Int)
  /// A worker took over messages that were pending for others.
  case claimed([Int], by: NodeID)
  /// The broker closed a connection.
  case cutOff(NodeID, unread: Int)
  /// The sentinel made a server the primary; a former primary dropped what only it had.
  case promoted(NodeID)
  case overwritten([Int])
}
