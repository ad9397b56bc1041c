import Kernel

/// How the replicas of a service stand in for each other.
public struct RedundantSetOptions: Sendable, Hashable {
  /// How many replicas there are.
  public var replicas: Int
  /// How many must serve at a time.
  public var needed: Int
  /// How many zones (racks, rooms) they are spread over.
  public var zones: Int
  /// Bad checks in a row until a replica counts as dead.
  public var fall: Int
  /// Good checks in a row until it counts as up again.
  public var rise: Int
  /// How long a replica takes from being given the work to serving.
  public var switchTime: TimeSpan
  /// Whether replicas that have no work are checked too.
  public var checksSpares: Bool
  /// A deliberate bug.
  public var shortcut: FailoverShortcut?

  /// Options; `fall` and `rise` are HAProxy's defaults.
  public init(
    replicas: Int, needed: Int = 1, zones: Int = 1, fall: Int = 3, rise: Int = 2,
    switchTime: TimeSpan = .seconds(60), checksSpares: Bool = true,
    shortcut: FailoverShortcut? = nil
  ) {
    precondition(needed >= 1 && needed <= replicas, "between one and all replicas are needed")
    precondition(zones >= 1, "a replica stands somewhere")
    self.replicas = replicas
    self.needed = needed
    self.zones = zones
    self.fall = fall
    self.rise = rise
    self.switchTime = switchTime
    self.checksSpares = checksSpares
    self.shortcut = shortcut
  }
}

/// Replicas of one service: who has the work, who is taken for dead, who stands by.
///
///     spare ──a place is free, and it is believed up──▶ taking over ──switchTime──▶ serving
///       ▲                                                   │                         │
///       └──`rise` good checks── being repaired ◀──`fall` bad checks in a row ─────────┘
///
/// It knows no more than its checks tell. **Whoever has the work is checked**; a spare that nobody
/// checks is believed to be up until it is needed. **While a place is free no replica that is
/// believed up stands idle.**
///
/// Left out: two replicas in one place (the other drills are about those), and a way back: the work
/// stays where it is until its holder fails.
public struct RedundantSet: Sendable, Hashable {
  /// A place in which one replica does the work.
  public struct Place: Sendable, Hashable {
    /// Who has it; nil while nobody is there to take it.
    public internal(set) var holder: Int?
    /// Since when.
    public internal(set) var takenAt: Instant
    /// From when on the holder serves.
    public internal(set) var readyAt: Instant
  }

  /// What follows from a check.
  public enum Decision: Sendable, Hashable {
    /// Somebody must look after this replica; it counts as dead.
    case repair(Int)
    /// It counts as up again.
    case returns(Int)
    /// It is given the work and serves at that time.
    case takesOver(Int, readyAt: Instant)
  }

  /// The set-up.
  public let options: RedundantSetOptions
  /// The places, as many as are needed.
  public private(set) var places: [Place]
  private var checkers: [HealthChecker]

  /// A set whose first replicas serve and whose others stand by; all are up.
  public init(_ options: RedundantSetOptions) {
    self.options = options
    places = (0..<options.needed).map { Place(holder: $0, takenAt: .zero, readyAt: .zero) }
    checkers = Array(
      repeating: HealthChecker(rise: options.rise, fall: options.fall, shortcut: options.shortcut),
      count: options.replicas)
  }

  /// The zone that a replica stands in, from 0: one after the other, round and round.
  public func zone(of replica: Int) -> Int {
    options.shortcut == .placesTogether ? 0 : replica % options.zones
  }

  /// Whether it counts as up.
  public func believesUp(_ replica: Int) -> Bool { checkers[replica].isUp }

  /// Whether it has the work, or is about to.
  public func hasWork(_ replica: Int) -> Bool { places.contains { $0.holder == replica } }

  /// Whether it is checked: it has the work, is to come back, or spares are checked too.
  public func checks(_ replica: Int) -> Bool {
    if !believesUp(replica) { return true }
    if options.shortcut == .watchesTheFirst { return replica < options.needed }
    return options.checksSpares || hasWork(replica)
  }

  /// Whether checks that go on finding what is true now would change nothing.
  public func isSettled(_ replica: Int, isUp: Bool) -> Bool {
    guard checks(replica) else { return true }
    if !isUp, options.shortcut == .repairsAnew { return false }
    return checkers[replica].isUp == isUp && checkers[replica].streak == 0
  }

  /// Takes the result of a check.
  public mutating func checked(
    _ replica: Int, isGood: Bool, at now: Instant
  ) -> [Decision] {
    guard checks(replica) else { return [] }
    var decisions: [Decision] = []
    let wasUp = believesUp(replica)
    guard let isUp = checkers[replica].record(isGood) else {
      let ordersAgain = options.shortcut == .repairsAnew && !isGood && !wasUp
      return ordersAgain ? [.repair(replica)] : []
    }
    if isUp {
      decisions.append(.returns(replica))
    } else {
      decisions.append(.repair(replica))
      for place in places.indices where places[place].holder == replica {
        places[place].holder = nil
      }
    }
    fill(at: now, &decisions)
    return decisions
  }

  /// Gives free places to spares, the lowest number first.
  private mutating func fill(at now: Instant, _ decisions: inout [Decision]) {
    for place in places.indices where places[place].holder == nil {
      guard let spare = idle else { return }
      let readyAt = now + options.switchTime
      places[place] = Place(holder: spare, takenAt: now, readyAt: readyAt)
      decisions.append(.takesOver(spare, readyAt: readyAt))
    }
  }

  private var idle: Int? {
    checkers.indices.first { believesUp($0) && !hasWork($0) }
  }

  /// No replica holds two places, none stands idle beside a free one, and zones are filled evenly.
  public func checkInvariants() -> InvariantViolation? {
    let holders = places.compactMap(\.holder)
    if Set(holders).count != holders.count {
      return InvariantViolation("one place each", witness: "the places are held by \(holders)")
    }
    if holders.count < places.count, let idle {
      return InvariantViolation(
        "no idle spare", witness: "replica \(idle + 1) stands by while a place is free")
    }
    let counts = (0..<options.zones).map { zone in
      checkers.indices.count { self.zone(of: $0) == zone }
    }
    let most = (options.replicas + options.zones - 1) / options.zones
    if let crowded = counts.firstIndex(where: { $0 > most }) {
      return InvariantViolation(
        "placed apart",
        witness: "zone \(crowded + 1) has \(counts[crowded]) of \(options.replicas) replicas")
    }
    return nil
  }
}
