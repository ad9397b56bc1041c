import Kernel
import Patterns
import Simulation

/// One request of a client, from its arrival at a gateway to its record in the access log.
struct GatewayVisit: Sendable {
  let consumer: Int
  let isForged: Bool
  let request: GatewayNode.Request
  let gateway: Int
  let arrivedAt: Instant
  /// Whether it takes one of the gateway's workers.
  var isHeld = false
  var hasWaitedForKeys = false
  var match: RouteTable.Match?
  var parts: PartCollector?
  var timer: EventHandle?
  var isEnded = false
  /// Parties that still know it: itself, and each of its parts.
  var holders = 1
}

/// One part of an answer: a call to a service with its tries.
struct GatewayPart: Sendable {
  let visit: Int
  let place: Int
  let service: Int
  var sequence = RetrySequence()
  var tried = HostsTried()
}

/// One try of a part at an instance.
struct GatewayCall: Sendable {
  let part: Int
  let gateway: Int
  let service: Int
  let instance: Int
  let sentAt: Instant
  var timer: EventHandle?
  var isSettled = false
  var work: EventHandle?
  var failure: CallFailure?
  /// Parties that still know the call: its gateway, and its instance or a message.
  var holders = 2
}

/// An instance of a service: a line and slots.
struct GatewayUpstream: Sendable {
  var working: [Int] = []
  var line = CallLine()
  var isPaused = false
  var heldBack: [Int] = []
  var serviceRandom: RandomStream
  var errorRandom: RandomStream

  mutating func vacate(_ call: Int) {
    guard let place = working.firstIndex(of: call) else { return }
    working.swapAt(place, working.count - 1)
    working.removeLast()
  }
}

/// A gateway as a process: its node, its balancers, and what it holds open.
struct GatewayProcess: Sendable {
  var node: GatewayNode
  /// A balancer a service.
  var balancers: [Balancer]
  var inProgress = 0
  /// Visits that wait for the issuer's keys, and the fetch that they wait for.
  var waiting: [Int] = []
  var fetch: EventHandle?
  var chooseRandom: RandomStream
  var retryRandom: RandomStream
}
