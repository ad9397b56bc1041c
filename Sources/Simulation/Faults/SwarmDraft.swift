import Kernel

/// A plan while it is drawn: it knows which nodes are cut off or down when.
struct SwarmDraft {
  var faults: [TimedFault] = []
  private let swarm: SwarmPlan
  /// While each fault lasts, the nodes it keeps from taking part.
  private var absences: [(from: TimeSpan, to: TimeSpan, nodes: Set<NodeID>)] = []

  init(_ swarm: SwarmPlan) { self.swarm = swarm }

  /// Draws a fault of the kind `verb`, unless it would come too soon or cost the quorum.
  mutating func add(_ verb: FaultVerb, at time: TimeSpan, _ random: inout RandomStream) {
    guard let fault = fault(verb, &random) else { return }
    let start = Self.rounded(time)
    let length = Self.rounded(
      random.span(swarm.stability.lowerBound, to: swarm.stability.upperBound))
    let end = start + length
    let absent = absentees(fault)
    guard isCalm(fault, from: start), !swarm.keepsQuorum || isBearable(absent, start, end) else {
      return
    }
    absences.append((start, end, absent))
    let at = Instant.zero + start
    faults.append(TimedFault(at: at, fault, for: verb.lasts ? length : nil))
    if case .fill(let node) = fault {
      // A process that could not write has died; it comes back with the space.
      faults.append(TimedFault(at: at + length, .restart(node)))
    }
  }

  /// Whether the same has not happened to the same nodes for as long as it must.
  private func isCalm(_ fault: Fault, from start: TimeSpan) -> Bool {
    faults.allSatisfy { earlier in
      guard earlier.fault.verb == fault.verb, earlier.fault.node == fault.node else { return true }
      let end = earlier.at + (earlier.duration ?? .zero)
      return end + swarm.stability.lowerBound <= .zero + start
    }
  }

  /// Whether a majority is left at every instant if `nodes` are absent too.
  private func isBearable(_ nodes: Set<NodeID>, _ start: TimeSpan, _ end: TimeSpan) -> Bool {
    guard !nodes.isEmpty else { return true }
    var all = nodes
    for absence in absences where absence.from <= end && start <= absence.to {
      all.formUnion(absence.nodes)
    }
    return all.count <= (swarm.nodes.count - 1) / 2
  }

  /// The nodes that a fault keeps from taking part: those that stand still, or the smaller sides.
  private func absentees(_ fault: Fault) -> Set<NodeID> {
    switch fault {
    case .crash(let node), .pause(let node), .fill(let node), .restart(let node): return [node]
    case .partition(let sides):
      let largest = sides.max { $0.count < $1.count } ?? []
      return Set(sides.filter { $0 != largest }.flatMap { $0 })
    case .block(let from, let to): return Set(from.count < to.count ? from : to)
    case .resume, .slow, .slowLink, .drop, .delay, .duplicate, .reorder, .skew, .jump, .drift,
      .lose, .load, .errors, .heal:
      return []
    }
  }

  private func fault(_ verb: FaultVerb, _ random: inout RandomStream) -> Fault? {
    let node = swarm.nodes[random.below(swarm.nodes.count)]
    let factor = [2.0, 5, 10, 20][random.below(4)]
    let share = [0.01, 0.05, 0.1, 0.2, 0.3][random.below(5)]
    let span = TimeSpan.milliseconds([5, 10, 20, 50, 100, 200][random.below(6)])
    let step = TimeSpan.milliseconds([-5_000, -1_000, -200, 200, 1_000, 5_000][random.below(6)])
    switch verb {
    case .crash: return .crash(node)
    case .restart: return .restart(node)
    case .pause: return .pause(node)
    case .slow:
      return random.chance(0.5) ? .slow(node, by: factor) : .slowLink(scope(&random), by: factor)
    case .partition: return partition(&random)
    case .drop: return .drop(share, random.chance(0.3) ? .everywhere : scope(&random))
    case .delay: return .delay(span, random.chance(0.3) ? .everywhere : scope(&random))
    case .duplicate: return .duplicate(share, random.chance(0.5) ? .everywhere : scope(&random))
    case .reorder: return .reorder(span, random.chance(0.5) ? .everywhere : scope(&random))
    case .skew: return .skew(node, by: step)
    case .jump: return .jump(node, by: step)
    case .drift: return .drift(node, rate: [0.5, 0.9, 1.1, 2][random.below(4)])
    case .fill: return .fill(node)
    case .lose: return .lose(node)
    case .load: return .load(factor)
    case .errors: return .errors(node, share)
    case .resume, .heal: return nil
    }
  }

  /// Two sides of the nodes, cut both ways or one way.
  private func partition(_ random: inout RandomStream) -> Fault? {
    guard swarm.nodes.count > 1 else { return nil }
    let sides = sides(&random, of: 1 + random.below(swarm.nodes.count / 2))
    return random.chance(0.7) ? .partition(sides) : .block(from: sides[0], to: sides[1])
  }

  private func scope(_ random: inout RandomStream) -> LinkScope {
    guard swarm.nodes.count > 1 else { return .everywhere }
    let sides = sides(&random, of: 1)
    return random.chance(0.5)
      ? .oneWay(from: sides[0], to: sides[1]) : .bothWays(sides[0], sides[1])
  }

  private func sides(_ random: inout RandomStream, of count: Int) -> [[NodeID]] {
    var nodes = swarm.nodes
    random.shuffle(&nodes)
    let sides = [nodes[..<count].sorted(), nodes[count...].sorted()]
    return random.chance(0.5) ? sides : [sides[1], sides[0]]
  }

  /// The span in tenths of a second, so that plans read well.
  private static func rounded(_ span: TimeSpan) -> TimeSpan {
    .milliseconds((span.nanoseconds + 50_000_000) / 100_000_000 * 100)
  }
}
