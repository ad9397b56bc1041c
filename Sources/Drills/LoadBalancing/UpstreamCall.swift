import Kernel
import Patterns
import Simulation

/// A request of a client on its way through a balancer.
struct BalancedRequest: Sendable {
  /// When it came.
  let arrivedAt: Instant
  let client: Int32
  let balancer: Int
  /// Its place among the writes, nil for a read.
  let write: Int?
  /// The hosts it was sent to.
  var tried = HostsTried()
  /// Whether a try went wrong because its host was out of reach or broken.
  var trouble: Trace.ID?
}

/// What a balancer sent to a host: a try of a request, or a health check.
struct UpstreamCall: Sendable {
  /// The request as an index, -1 for a check; meaningless once the call is settled.
  let request: Int
  let balancer: Int
  /// The life of the balancer that sent it.
  let life: Int
  let host: Int
  let client: Int32
  let write: Int?
  let sentAt: Instant
  /// How many times the usual work it is.
  let size: Double
  /// The timer that ends the balancer's waiting.
  var timer: EventHandle?
  /// Whether the balancer has had an answer or has given up.
  var isSettled = false
  /// When the host began to work on it, and the timer that ends the work.
  var begunAt: Instant?
  var work: EventHandle?
  /// How long the host had stood still in all when the work began or was last put off.
  var pausedBefore = TimeSpan.zero
  /// How it ends for the balancer; nil for a good answer.
  var ending: NextUpstream.Ending?
  /// Parties that still know the call: its balancer, and the host or a message under way.
  var holders = 2

  var isCheck: Bool { request < 0 }
}
