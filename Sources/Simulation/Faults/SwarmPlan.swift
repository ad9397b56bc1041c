import Kernel

/// Draws whole fault plans at random, in readable figures, for tests over many seeds.
///
/// Each seed allows only some of the kinds (swarm testing: a plan with every kind in it hides what
/// one kind alone would show), then faults come at random, each for a while. The plan is the
/// result, not the seed: it prints as lines, replays and shrinks.
///
/// Sources: Groce and others, "Swarm testing" (2012); the options of TigerBeetle's simulator
/// (probabilities with a minimum stability, then a liveness phase) and FoundationDB's policy that
/// keeps a simulated cluster able to survive.
public struct SwarmPlan: Sendable, Hashable {
  /// The nodes that faults happen to.
  public var nodes: [NodeID]
  /// Until when faults begin.
  public var span: TimeSpan
  /// The kinds to draw from; each seed takes some of them.
  public var verbs: [FaultVerb]
  /// The mean time from one fault to the next.
  public var meanGap: TimeSpan
  /// How long a fault lasts.
  ///
  /// The shorter end is also the least time of peace before the same kind happens to the same
  /// nodes again.
  public var stability: ClosedRange<TimeSpan>
  /// Whether a majority of the nodes always runs and can talk to each other.
  public var keepsQuorum: Bool
  /// Whether everything heals when the span is over, for a phase in which progress is demanded.
  public var heals: Bool

  /// The kinds that a correct distributed protocol must survive without breaking a promise: all
  /// but disks that lie, and all but what only concerns load and calls.
  public static let survivable: [FaultVerb] = [
    .crash, .pause, .slow, .partition, .drop, .delay, .duplicate, .reorder, .skew, .jump, .drift,
  ]

  /// Plans for `nodes` over `span`.
  public init(
    _ nodes: [NodeID], span: TimeSpan, verbs: [FaultVerb] = SwarmPlan.survivable,
    meanGap: TimeSpan = .seconds(3),
    stability: ClosedRange<TimeSpan> = .milliseconds(500)...(.seconds(10)),
    keepsQuorum: Bool = true, heals: Bool = true
  ) {
    self.nodes = nodes
    self.span = span
    self.verbs = verbs
    self.meanGap = meanGap
    self.stability = stability
    self.keepsQuorum = keepsQuorum
    self.heals = heals
  }

  /// The plan of `seed`.
  public func draw(seed: UInt64) -> FaultPlan {
    var random = RandomStream(seed: seed, name: "swarm")
    var allowed = verbs.filter { _ in random.chance(0.5) }
    if allowed.isEmpty, !verbs.isEmpty { allowed = [verbs[random.below(verbs.count)]] }
    var draft = SwarmDraft(self)
    var now = TimeSpan.zero
    while !allowed.isEmpty {
      now = now + Distribution.exponential(mean: meanGap).sample(&random)
      guard now < span else { break }
      draft.add(allowed[random.below(allowed.count)], at: now, &random)
    }
    if heals { draft.faults.append(TimedFault(at: .zero + span, .heal)) }
    return FaultPlan(draft.faults)
  }
}
