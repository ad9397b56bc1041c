import Kernel
import Patterns
import Simulation

/// Who sends a request.
enum GatewaySender: Sendable {
  /// A client of a consumer, with a credential that counts.
  case consumer
  /// A stranger with a token that must not count.
  case forger
  /// A stranger with the API key of acme.
  case thief
  /// A client of crow that says in a header that it is acme.
  case spoofer
}

/// How a request ends.
enum GatewayEnding: Sendable {
  /// With an answer, from the upstream or the cache.
  case answered(from: String)
  /// At the gateway, with a status and why.
  case refused(Int, String)
  /// Behind the gates, with a status and why.
  case failed(Int, String)

  var status: Int {
    switch self {
    case .answered: 200
    case .refused(let status, _), .failed(let status, _): status
    }
  }

  var detail: String {
    switch self {
    case .answered(let detail), .refused(_, let detail), .failed(_, let detail): detail
    }
  }

  var isGood: Bool { if case .answered = self { true } else { false } }
  var isRefused: Bool { if case .refused = self { true } else { false } }
}

/// One request of a client, from its arrival at a gateway to its record in the access log.
struct GatewayVisit: Sendable {
  /// Who asks: the client as it sees itself, then the consumer that the gateway has found.
  var consumer: Int
  let sender: GatewaySender
  /// The client among all clients of consumers.
  let client: Int
  let request: GatewayNode.Request
  let headers: [GatewayHeader]
  let gateway: Int
  let arrivedAt: Instant
  /// Whether it takes one of the gateway's workers.
  var isHeld = false
  var hasWaited = false
  /// When the table of API keys was asked, and how long its answer is waited for.
  var askedAt: Instant?
  var lookup: EventHandle?
  var match: RouteTable.Match?
  /// Whether the next version answers it.
  var isCanary = false
  /// Who the upstream thinks calls; nil where nobody says so.
  var believed: String?
  var parts: PartCollector?
  var timer: EventHandle?
  var isEnded = false
  /// Parties that still know it: itself, each of its parts, a question about its API key.
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
  var splitRandom: RandomStream
}
