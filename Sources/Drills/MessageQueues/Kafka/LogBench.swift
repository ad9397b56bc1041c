import Kernel
import Patterns
import Presentation
import Simulation
import Verification

/// The log broker live under commands: three brokers, two producers, three consumers, and a clock
/// that stands still until `tick`.
///
/// The bench is a value that remembers what was typed; each command lets the universe of the drills
/// run again from its start, to the byte as before, and on from there.
struct LogBench: Bench {
  /// Something that was typed, and when it begins.
  struct Step: Sendable {
    enum Kind: Sendable {
      case fault(TimedFault)
      case produce(key: Int, count: Int)
      case stop(NodeID)
    }

    let at: Instant
    let kind: Kind
  }

  var settings: Settings
  var steps: [Step] = []
  var now = Self.start
  var view = LogSnapshot()
  /// The partition of the key that was asked for last.
  var askedPartition: Int?

  static let seed: UInt64 = 7
  /// By then the group has its first generation.
  static let start = Instant.zero + .seconds(8)

  init() {
    settings = Settings(Self.knobs)
    replay()
  }

  private static let knobs = LogKnobs.all.filter { knob in
    !["duration", "deploy.at", "deploy.down", "rate", "hot.share"].contains(knob.name)
  }

  var setup: LogSetup {
    var all = Settings(LogKnobs.all)
    for (knob, setting) in settings.all { try? all.set(knob.name, setting.description) }
    try? all.set("duration", "10m")
    return LogSetup(all)
  }

  mutating func replay() {
    var universe = LogUniverse(setup, faults: FaultPlan(), seed: Self.seed, hasLoad: false)
    universe.run(until: Self.start)
    for step in steps {
      universe.run(until: step.at)
      universe.perform(step)
    }
    universe.run(until: now)
    view = universe.snapshot()
  }

  var parts: [String] { setup.roster.names }

  var fidelity: Fidelity { LogFidelity.note }

  func checkInvariants() -> InvariantViolation? { view.violation }

  var facts: [Measurement] {
    view.facts + [Measurement("asked_partition", askedPartition.map(Double.init), .count)]
  }

  mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    var all = Settings(LogKnobs.all)
    for (knob, setting) in changed.all { try all.set(knob.name, setting.description) }
    try LogScenario().validate(all)
    settings = changed
    steps = []
    now = Self.start
    replay()
    var reply = Document()
    reply.add(.text(settings.turned))
    reply.add("The topic begins anew, empty, at 8 s.")
    return reply
  }
}

extension LogUniverse {
  /// Carries out one step of a bench.
  mutating func perform(_ step: LogBench.Step) {
    switch step.kind {
    case .fault(let fault): cluster.add(fault)
    case .produce(let key, let count):
      for number in 0..<count {
        send(by: setup.producers[0], key: key)
        run(until: step.at + .milliseconds(10) * (number + 1))
      }
    case .stop(let node): cluster.submit(.close, to: node)
    }
  }
}

/// The log broker's universe as a bench shows it.
struct LogSnapshot: Sendable {
  var partitions: [[String]] = []
  var consumers: [[String]] = []
  var events: [Trace.Event] = []
  var facts: [Measurement] = []
  var faults: [String] = []
  var findings: [Finding] = []
  var violation: InvariantViolation?
}

extension LogUniverse {
  /// The universe as a plain value.
  func snapshot() -> LogSnapshot {
    var view = LogSnapshot()
    var leaders = 0
    var smallest: Int?
    var committed = 0
    var positions: [Int?] = []
    if case .coordinator(let group)? = cluster.participants[setup.coordinator.index]?.role {
      positions = group.offsets
      view.consumers = group.assignment.sorted { $0.node < $1.node }.map { node, partitions in
        [
          setup.roster.name(node),
          partitions.isEmpty ? "nothing" : partitions.map(String.init).joined(separator: ", "),
        ]
      }
    }
    guard case .controller(let controller)? = cluster.participants[setup.controller.index]?.role
    else { return view }
    for (partition, leadership) in controller.leaderships.enumerated() {
      let replica = leadership.leader.flatMap { leader -> KafkaReplica? in
        guard case .broker(let broker)? = cluster.participants[leader.index]?.role else {
          return nil
        }
        return broker.replicas[partition]
      }
      if leadership.leader != nil { leaders += 1 }
      smallest = min(smallest ?? .max, leadership.isr.count)
      committed += replica?.highWatermark ?? 0
      view.partitions.append([
        "\(partition)", leadership.leader.map(setup.roster.name) ?? "none",
        "\(leadership.epoch)", leadership.isr.map(setup.roster.name).joined(separator: " "),
        replica.map { "\($0.log.endOffset)" } ?? "", replica.map { "\($0.highWatermark)" } ?? "",
        positions.indices.contains(partition)
          ? positions[partition].map(String.init) ?? "none" : "none",
      ])
    }
    view.events = cluster.environment.trace.events
    view.faults = cluster.environment.active.map { $0.fault.text(setup.roster) }
    view.violation = violation?.violation
    view.findings = meters.findings(
      name: { "record \($0.number) of key-\($0.key ?? 0)" }, consumer: setup.consumerName)
    let wanted = [
      "published", "confirmed", "lost", "unconfirmed_lost", "duplicates", "reordered", "drained",
      "latency_max",
    ]
    view.facts =
      [
        Measurement("time", now.seconds, .seconds),
        Measurement("leaders", Double(leaders), .count),
        Measurement("smallest_isr", smallest.map(Double.init), .count),
        Measurement("committed", Double(committed), .count),
        Measurement("members", Double(view.consumers.count), .count),
        Measurement(
          "idle_members", Double(view.consumers.count { $0[1] == "nothing" }), .count),
      ] + meters.measurements.filter { wanted.contains($0.name) }
      + own.measurements.filter { ["rebalances", "stopped_time"].contains($0.name) }
    return view
  }
}
