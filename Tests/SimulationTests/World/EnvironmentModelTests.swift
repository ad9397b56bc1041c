import Kernel
import Simulation
import Testing

/// The environment against a plain reading of the plan: which faults are in force at an instant.
@Suite struct EnvironmentModelTests {
  static let roster = Roster(["a", "b", "c", "d", "e", "f"])

  /// Reads a plan naively: a fault is in force from its time on until its end, or until something
  /// undoes it.
  struct Reading {
    let faults: [TimedFault]

    init(_ plan: FaultPlan) { faults = plan.byTime }

    /// The faults in force at `now`, of those before the `limit`-th.
    func inForce(at now: Instant, before limit: Int? = nil) -> [Fault] {
      let limit = limit ?? faults.count
      return faults.indices.prefix(limit).filter { place in
        let timed = faults[place]
        guard timed.at <= now, timed.fault.verb.lasts || timed.fault.verb == .jump else {
          return false
        }
        if let duration = timed.duration, timed.at + duration <= now { return false }
        if case .pause(let node) = timed.fault,
          inForce(at: timed.at, before: place).contains(.crash(node))
        {
          return false
        }
        return !faults[(place + 1)..<limit].contains { later in
          later.at <= now && Self.undoes(later.fault, timed.fault)
        }
      }.map { faults[$0].fault }
    }

    static func undoes(_ later: Fault, _ fault: Fault) -> Bool {
      switch (later, fault) {
      case (.heal, _): true
      case (.restart(let node), .crash(let other)), (.restart(let node), .pause(let other)),
        (.resume(let node), .pause(let other)), (.crash(let node), .pause(let other)):
        node == other
      default: false
      }
    }
  }

  static func plan(_ random: inout RandomStream) -> FaultPlan {
    FaultPlan(
      (0..<25).map { _ in
        var fault = RandomFaults.fault(&random, roster: roster)
        fault.at = .zero + random.span(.zero, to: .seconds(60))
        if fault.duration != nil { fault.duration = random.span(.seconds(1), to: .seconds(30)) }
        if case .drift(let node, _) = fault.fault { fault.fault = .slow(node, by: 2) }
        return fault
      })
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func stateFollowsFromTheFaultsInForce(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "plan")
    let plan = Self.plan(&random)
    let reading = Reading(plan)
    let quality = LinkQuality(latency: .constant(.milliseconds(1)))
    var environment = Environment(Self.roster, network: Network(quality, seed: seed))
    var schedule = FaultSchedule(plan)
    var now = Instant.zero
    for _ in 0..<120 {
      let until = now + random.span(.zero, to: .seconds(1))
      while let next = schedule.next, next <= until {
        _ = schedule.carryOut(in: &environment, at: next)
      }
      now = until
      check(environment, against: reading.inForce(at: now), at: now)
    }
  }

  private func check(_ environment: Environment, against faults: [Fault], at now: Instant) {
    for node in Self.roster.nodes {
      let isDown = faults.contains(.crash(node))
      let isPaused = !isDown && faults.contains(.pause(node))
      #expect(environment.processes.isDown(node) == isDown)
      #expect(environment.processes.isPaused(node) == isPaused)
      var slowdown = 1.0
      var success = 1.0
      var error = TimeSpan.zero
      for fault in faults {
        switch fault {
        case .slow(node, let factor): slowdown *= factor
        case .errors(node, let share): success *= 1 - share
        case .skew(node, let span), .jump(node, let span): error = error + span
        default: break
        }
      }
      #expect(environment.processes.slowdown(node) == slowdown)
      #expect(abs(environment.errorRate(node) - (1 - success)) < 1e-9)
      #expect(environment.clock(node).wall(at: now) == max(.zero, now + error))
      for target in Self.roster.nodes {
        #expect(
          environment.network.isCut(from: node, to: target) == isCut(faults, node, target))
      }
    }
    var load = 1.0
    for fault in faults { if case .load(let factor) = fault { load *= factor } }
    #expect(environment.loadFactor == load)
  }

  private func isCut(_ faults: [Fault], _ source: NodeID, _ target: NodeID) -> Bool {
    faults.contains { fault in
      switch fault {
      case .partition(let sides):
        sides.contains { side in
          side.contains(source) && !side.contains(target)
            && sides.contains { $0 != side && $0.contains(target) }
        }
      case .block(let from, let to): from.contains(source) && to.contains(target)
      default: false
      }
    }
  }
}
