import Kernel
import Patterns
import Verification

/// A client as the driver keeps it: one operation at a time, from request to answer or giving up.
struct StoreClient: Sendable {
  /// What it is at: one operation of its history, which may take several requests.
  struct Errand: Sendable {
    let key: Int
    /// Whether the operation changes something.
    let isWrite: Bool
    let beganAt: Instant
    /// Whether something was wrong in the world when it began.
    let isTroubled: Bool
    /// The request under way.
    var request: StoreRequest
    /// Whom it went to.
    var target: NodeID
    /// How often the request was sent again.
    var tries = 0
    /// Whether a request that changes something went unanswered: it may have taken effect.
    var mayHaveHappened = false
    /// How often a comparison failed.
    var mismatches = 0
    /// The last refusal.
    var refusal: StoreRefusal?
  }

  let node: NodeID
  /// The process of the history, a new one after an unknown outcome.
  var process: Int
  var nextNumber = 0
  var errand: Errand?
  /// Whom it takes for the primary.
  var believed: NodeID
  /// The newest version that its session has seen.
  var seen = StoreVersion.none
  /// The newest version of each key that its session has seen.
  var seenOf: [Int: StoreVersion] = [:]
  /// Which replica is next in turn.
  var turn = 0
  /// The keys that are still to be read when all is quiet.
  var looks: [Int] = []
  var random: RandomStream

  init(_ node: NodeID, process: Int, believed: NodeID, seed: UInt64) {
    self.node = node
    self.process = process
    self.believed = believed
    random = RandomStream(seed: seed, name: "store/client/\(node.index)")
  }
}

/// What the driver is woken for.
enum StoreAlarm {
  /// A client has thought long enough.
  case begin(client: Int)
  /// An attempt of a request has not been answered in time.
  case timeout(client: Int, number: Int, attempt: Int)
  /// A client sends a request again.
  case again(client: Int, number: Int)

  /// The alarm as a number: what, which client, which attempt, which request.
  var number: Int {
    switch self {
    case .begin(let client): Self.packed(0, client, 0, 0)
    case .timeout(let client, let number, let attempt): Self.packed(1, client, attempt, number)
    case .again(let client, let number): Self.packed(2, client, 0, number)
    }
  }

  init(_ packed: Int) {
    let client = packed / 4 % 64
    let attempt = packed / 256 % 32
    let number = packed / 8_192
    switch packed % 4 {
    case 0: self = .begin(client: client)
    case 1: self = .timeout(client: client, number: number, attempt: attempt)
    default: self = .again(client: client, number: number)
    }
  }

  private static func packed(_ kind: Int, _ client: Int, _ attempt: Int, _ number: Int) -> Int {
    kind + client * 4 + attempt * 256 + number * 8_192
  }
}
