import Kernel

/// One call of a caller to the service, with all its attempts.
struct DiscoveryCall: Sendable {
  let number: Int
  let caller: NodeID
  /// Who picks: the caller itself, or a proxy.
  let picker: NodeID
  let start: Instant
  var tried: [NodeID] = []
  /// The attempt that is out.
  var attempt: Int?
}

/// Alarms of the driver: a kind and a number in one.
enum DiscoveryAlarm: Sendable, Hashable {
  /// The next call arrives.
  case arrival
  /// An attempt was refused by a live machine whose process is dead.
  case refused(Int)
  /// An attempt waited long enough.
  case timeout(Int)
  /// A call that went to a proxy waited long enough.
  case abandoned(Int)
  /// A second is over.
  case sample
  /// A fault of the plan begins or ends.
  case look
  /// The deploy does something to the instance of that place.
  case deploy(Int)
  /// The drain of the instance of that place is over.
  case stop(Int)

  init(_ number: Int) {
    let value = number / 8
    switch number % 8 {
    case 0: self = .arrival
    case 1: self = .refused(value)
    case 2: self = .timeout(value)
    case 3: self = .abandoned(value)
    case 4: self = .sample
    case 5: self = .look
    case 6: self = .deploy(value)
    default: self = .stop(value)
    }
  }

  var number: Int {
    switch self {
    case .arrival: 0
    case .refused(let value): value * 8 + 1
    case .timeout(let value): value * 8 + 2
    case .abandoned(let value): value * 8 + 3
    case .sample: 4
    case .look: 5
    case .deploy(let value): value * 8 + 6
    case .stop(let value): value * 8 + 7
    }
  }
}
