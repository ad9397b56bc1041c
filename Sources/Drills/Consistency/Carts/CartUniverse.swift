import Kernel
import Patterns
import Simulation

/// Carts on three nodes, and the devices that change them, in one simulated world.
struct CartUniverse: ~Copyable {
  let setup: CartSetup
  var cluster: Cluster<CartFamily>
  var devices: [CartDevice]
  var record = CartRecord()
  var violation: (at: Instant, violation: InvariantViolation)?
  /// Trouble that was told already.
  var told: Set<String> = []

  init(_ setup: CartSetup, faults: FaultPlan, seed: UInt64, traceCapacity: Int) {
    self.setup = setup
    let network = Network.zoned(
      setup.roster.roster, zone: setup.roster.zone, between: setup.zoneLatency, seed: seed)
    let environment = Environment(
      setup.roster.roster, network: network, traceCapacity: traceCapacity)
    cluster = Cluster(
      CartFamily(setup: setup), members: setup.roster.nodes.count, in: environment,
      faults: faults,
      options: ClusterOptions(
        syncLatency: .lognormal(p50: .milliseconds(1), p99: .milliseconds(4))), seed: seed)
    devices = setup.roster.devices.enumerated().map { place, node in
      CartDevice(
        node, cart: place / setup.devices, turn: place % setup.devices,
        target: setup.roster.nearest(to: node), seed: seed)
    }
    for place in devices.indices {
      let first = devices[place].random.span(.zero, to: setup.think)
      cluster.setAlarm(CartAlarm.begin(place).number, at: .zero + .seconds(2) + first)
      if let checkoutAt = setup.checkoutAt, devices[place].turn == 0 {
        cluster.setAlarm(CartAlarm.checkOut(place).number, at: checkoutAt)
      }
      cluster.setAlarm(CartAlarm.look(place).number, at: setup.lookFrom)
    }
  }

  var now: Instant { cluster.now }

  /// Lets time pass up to `limit`, or until an invariant breaks.
  mutating func run(until limit: Instant) {
    while violation == nil {
      switch cluster.run(until: limit) {
      case .alarm(let number): take(CartAlarm(number))
      case .received(.answer(let reply, let versions, let context), _, let node, _):
        answered(reply, versions, context, to: setup.roster.place(of: node))
      case .received, .answered: break
      case .violated(let broken, let node):
        violation = (now, broken)
        cluster.record(
          setup.roster.roster.name(node), Fact("violated", broken.description, weight: .harm))
      case .reachedLimit, .spentBudget: return
      }
    }
  }

  private mutating func take(_ alarm: CartAlarm) {
    switch alarm {
    case .begin(let place): beginChange(place)
    case .checkOut(let place): begin(place, .checkOut)
    case .look(let place): begin(place, .look)
    case .timeout(let place, let number, let attempt): timedOut(place, number, attempt)
    }
  }
}

/// A device that shares a cart: it does one thing at a time.
struct CartDevice: Sendable {
  /// What it is at: first it reads the cart, then it changes it.
  struct Errand: Sendable {
    var action: CartRecord.Action
    let beganAt: Instant
    let isTroubled: Bool
    var request: StoreRequest
    var context = VersionVector()
    /// The cart as it is to be written, or as it was seen.
    var items = 0
    var isChanging = false
    var attempts = 0
    /// Whether a change went unanswered: it may have taken effect.
    var mayHaveHappened = false
    var target: NodeID
  }

  let node: NodeID
  let cart: Int
  /// Its place among the devices of its cart.
  let turn: Int
  /// The node that it asks first.
  let nearest: NodeID
  var nextNumber = 0
  /// How many items it has chosen; each device chooses items of its own.
  var chosen = 0
  var errand: Errand?
  /// What it does when it is done with what it is at.
  var waiting: [CartRecord.Action] = []
  var isPaid = false
  var random: RandomStream

  init(_ node: NodeID, cart: Int, turn: Int, target: NodeID, seed: UInt64) {
    self.node = node
    self.cart = cart
    self.turn = turn
    nearest = target
    random = RandomStream(seed: seed, name: "cart/device/\(node.index)")
  }
}

/// What the driver is woken for.
enum CartAlarm {
  /// A device has thought long enough.
  case begin(Int)
  /// A household has paid.
  case checkOut(Int)
  /// All is quiet.
  case look(Int)
  /// An attempt has not been answered in time.
  case timeout(Int, number: Int, attempt: Int)

  /// The alarm as a number: what, which device, which attempt, which request.
  var number: Int {
    switch self {
    case .begin(let place): Self.packed(0, place, 0, 0)
    case .checkOut(let place): Self.packed(1, place, 0, 0)
    case .look(let place): Self.packed(2, place, 0, 0)
    case .timeout(let place, let number, let attempt): Self.packed(3, place, attempt, number)
    }
  }

  init(_ packed: Int) {
    let place = packed / 4 % 128
    switch packed % 4 {
    case 0: self = .begin(place)
    case 1: self = .checkOut(place)
    case 2: self = .look(place)
    default: self = .timeout(place, number: packed / 4_096, attempt: packed / 512 % 8)
    }
  }

  private static func packed(_ kind: Int, _ place: Int, _ attempt: Int, _ number: Int) -> Int {
    kind + place * 4 + attempt * 512 + number * 4_096
  }
}
