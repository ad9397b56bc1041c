import Kernel

/// A cluster of machines that talk over a network, keep records on disks and suffer faults.
///
/// Every member runs a machine of the same family. The host carries out what machines ask for:
/// messages cross the network, timers go by the local clock, records reach the disk before what
/// depends on them leaves, a crash loses the rest, and a restart makes the machine anew from the
/// disk. After every step the machine's invariants and those of the family are checked.
///
/// Nodes of the roster beyond the members are outsiders, such as clients: messages to them come to
/// the driver, which sends for them. The driver runs the cluster and acts whenever it stops:
///
///     var cluster = Cluster(family, members: 5, in: environment, faults: plan, seed: 7)
///     loop: while true {
///       switch cluster.run(until: end) {
///       case .answered(let answer, by: let node, _): …
///       case .alarm(let client): cluster.submit(…, to: …)
///       case .violated(let violation, _): …
///       case .reachedLimit, .spentBudget: break loop
///       case .received: …
///       }
///     }
///
/// A message to a process that restarts in the meantime reaches the new life, as a datagram would.
public struct Cluster<Family: MachineFamily>: ~Copyable {
  /// Why the cluster stops for its driver.
  public typealias Stop = ClusterStop<Family.Message, Family.Answer>

  /// The family, with what it has remembered.
  public var family: Family
  /// The world around the members.
  public var environment: Environment
  /// Keeps the messages of a stretch of time, for drawing; nil keeps none.
  public var recorder: MessageRecorder<Family.Message>?
  @usableFromInline let options: ClusterOptions
  @usableFromInline var machines: [Family.Participant?]
  @usableFromInline var members: [ClusterMember<Family>]
  @usableFromInline var queue: EventQueue<ClusterEvent>
  @usableFromInline var envelopes: EnvelopeSlab<Family>
  @usableFromInline var schedule: FaultSchedule
  /// The event that stands for the next fault.
  @usableFromInline var faultEvent: EventHandle?
  /// Why to stop next, oldest first.
  @usableFromInline var stops: [Stop]
  @usableFromInline var tally: ClusterCounts
  @usableFromInline var order: Digest

  /// A cluster whose members are the first nodes of the environment's roster, all of them unless a
  /// number is given; they start at once.
  @inlinable public init(
    _ family: Family, members count: Int? = nil, in environment: Environment,
    faults: FaultPlan = FaultPlan(), options: ClusterOptions = ClusterOptions(), seed: UInt64
  ) {
    self.family = family
    self.environment = environment
    self.options = options
    let count = count ?? environment.roster.names.count
    members = (0..<count).map { index in
      let random = RandomStream(seed: seed, name: "disk/\(index)")
      let storage = family.blankStorage(NodeID(index))
      return ClusterMember(
        disk: Disk(storage, syncLatency: options.syncLatency, random: random))
    }
    machines = Array(repeating: nil, count: count)
    queue = EventQueue()
    envelopes = EnvelopeSlab()
    stops = []
    tally = ClusterCounts()
    order = Digest()
    schedule = FaultSchedule(faults)
    for node in options.absent { self.environment.keepDown(node) }
    scheduleFault()
    for index in 0..<count where self.environment.processes.runs(NodeID(index)) {
      boot(NodeID(index), cause: nil)
    }
  }

  /// The true instant that the cluster has reached.
  @inlinable public var now: Instant { queue.now }

  /// The machines of the members; nil while the process is down.
  @inlinable public var participants: [Family.Participant?] { machines }

  /// What has become of messages and inputs.
  @inlinable public var counts: ClusterCounts { tally }

  /// A rolling hash of every event: two runs that agree in it went the same way.
  @inlinable public var digest: Digest { order }

  /// The nodes that run machines.
  @inlinable public var memberNodes: [NodeID] { members.indices.map(NodeID.init) }

  /// What the disk of `node` would give its next life.
  @inlinable public func durable(_ node: NodeID) -> Family.Storage {
    members[node.index].disk.durable
  }

  /// The local time of `node`, by the clock that machines go by.
  @inlinable public func localNow(_ node: NodeID) -> Instant {
    let clock = environment.clock(node)
    switch options.timeSource {
    case .monotonic: return clock.monotonic(at: now)
    case .wall: return clock.wall(at: now)
    }
  }

  /// Gives `input` to a member at `instant` (nil: now), as a client on the same machine would.
  ///
  /// A process that is down loses it.
  @inlinable public mutating func submit(
    _ input: Family.Participant.Input, to node: NodeID, at instant: Instant? = nil,
    cause: Trace.ID? = nil
  ) {
    let envelope = Envelope<Family>(body: .input(input), target: node, cause: cause)
    queue.schedule(.arrival(envelopes.put(envelope)), at: instant ?? now)
  }

  /// Sends `message` for an outsider, now, over the network.
  @inlinable public mutating func send(
    _ message: Family.Message, from outsider: NodeID, to node: NodeID, cause: Trace.ID? = nil
  ) {
    transmit(message, from: outsider, to: node, cause: cause)
  }

  /// Makes the cluster stop for its driver at `instant` with `.alarm(number)`.
  @inlinable public mutating func setAlarm(_ number: Int, at instant: Instant) {
    queue.schedule(.alarm(number), at: instant)
  }

  /// Adds a fault to the plan; one that is due already happens next.
  @inlinable public mutating func add(_ fault: TimedFault) {
    var fault = fault
    fault.at = max(fault.at, now)
    schedule.add(fault)
    scheduleFault()
  }

  /// Records something that the driver saw, such as a client that gave up.
  @discardableResult @inlinable
  public mutating func record(_ part: String, _ fact: Fact, cause: Trace.ID? = nil) -> Trace.ID {
    environment.trace.record(
      at: now, part, fact.kind, fact.detail, weight: fact.weight, cause: cause)
  }
}
