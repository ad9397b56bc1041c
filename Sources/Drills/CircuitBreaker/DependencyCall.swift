import Kernel
import Patterns
import Simulation

/// A request of a client, as its caller sees it: one or more calls until it is answered or given up.
struct ClientRequest: Sendable {
  /// When the client sent it.
  let arrivedAt: Instant
  /// The caller that took it, as an index.
  let caller: Int
  /// Whether nothing was wrong when it arrived.
  let isInHealthyTime: Bool
  /// Its way through the retry policy.
  var sequence: RetrySequence
}

/// One call from a caller to an instance of the dependency.
struct DependencyCall: Sendable {
  /// The request it belongs to, as an index; meaningless once the caller has settled it.
  let request: Int
  let caller: Int
  let instance: Int
  /// The breaker that let it through, nil when there is none.
  let breaker: Int?
  let permit: CircuitBreaker.Permit?
  let sentAt: Instant
  let isRetry: Bool
  /// What the retry cost the budget.
  let cost: Int
  /// What was sent along as the deadline of the work.
  let deadline: Deadline
  /// The timer that ends the caller's waiting.
  var timer: EventHandle?
  /// Whether the caller has had an answer or has given up.
  var isSettled = false
  /// Whether the caller has told the dependency to stop, and that has arrived.
  var isCancelled = false
  /// Whether it waits in line.
  var isInLine = false
  /// When the dependency began to work on it, and the timer that ends the work.
  var begunAt: Instant?
  var work: EventHandle?
  /// How long the instance had stood still in all when the work began or was last put off.
  var pausedBefore = TimeSpan.zero
  /// How the work turned out.
  var failure: CallFailure?
  /// Parties that still know the call: its caller, the dependency, messages under way.
  var holders = 2
}
