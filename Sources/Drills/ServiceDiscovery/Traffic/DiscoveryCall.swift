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

  /// The answer of a slowed instance arrives.
  case late(Int)

  private static let kinds = 16

  init(_ number: Int) {
    let value = number / Self.kinds
    switch number % Self.kinds {
    case 0: self = .arrival
    case 1: self = .refused(value)
    case 2: self = .timeout(value)
    case 3: self = .abandoned(value)
    case 4: self = .sample
    case 5: self = .look
    case 6: self = .deploy(value)
    case 7: self = .stop(value)
    default: self = .late(value)
    }
  }

  var number: Int {
    switch self {
    case .arrival: 0
    case .refused(let value): value * Self.kinds + 1
    case .timeout(let value): value * Self.kinds + 2
    case .abandoned(let value): value * Self.kinds + 3
    case .sample: 4
    case .look: 5
    case .deploy(let value): value * Self.kinds + 6
    case .stop(let value): value * Self.kinds + 7
    case .late(let value): value * Self.kinds + 8
    }
  }
}
