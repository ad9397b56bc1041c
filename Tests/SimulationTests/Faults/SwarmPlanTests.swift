import Kernel
import Simulation
import Testing

@Suite struct SwarmPlanTests {
  static let roster = Roster(["n1", "n2", "n3", "n4", "n5"])
  static let network = Network(LinkQuality(latency: .constant(.milliseconds(1))), seed: 1)

  static let swarm = SwarmPlan(
    roster.nodes, span: .seconds(60), verbs: FaultVerb.allCases, meanGap: .seconds(1))

  /// The nodes that run and can talk to each other both ways, at their most.
  static func largestCore(_ environment: Environment) -> Int {
    let running = roster.nodes.filter { environment.processes.runs($0) }
    return (0..<32).map { mask in
      running.filter { mask >> $0.index & 1 == 1 }
    }.filter { group in
      group.allSatisfy { source in
        group.allSatisfy { !environment.network.isCut(from: source, to: $0) }
      }
    }.map(\.count).max() ?? 0
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func aMajorityCanAlwaysTalk(seed: UInt64) {
    let plan = Self.swarm.draw(seed: seed)
    var environment = Environment(Self.roster, network: Self.network)
    var schedule = FaultSchedule(plan)
    while let next = schedule.next {
      _ = schedule.carryOut(in: &environment, at: next)
      #expect(Self.largestCore(environment) >= 3, "\(plan.text(Self.roster))")
    }
    #expect(environment.active.isEmpty)
    #expect(Self.roster.nodes.allSatisfy { environment.processes.runs($0) })
  }

  @Test func withoutTheQuorumThePlansAreCrueler() {
    var swarm = Self.swarm
    swarm.keepsQuorum = false
    let isCruel = (0..<30 as Range<UInt64>).contains { seed in
      var environment = Environment(Self.roster, network: Self.network)
      var schedule = FaultSchedule(swarm.draw(seed: seed))
      while let next = schedule.next {
        _ = schedule.carryOut(in: &environment, at: next)
        if Self.largestCore(environment) < 3 { return true }
      }
      return false
    }
    #expect(isCruel)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func plansReadBackAndKeepTheirBounds(seed: UInt64) throws {
    let plan = Self.swarm.draw(seed: seed)
    #expect(try FaultPlan.parse(plan.text(Self.roster), roster: Self.roster) == plan)
    #expect(Self.swarm.draw(seed: seed) == plan)
    for fault in plan.faults {
      guard let duration = fault.duration else { continue }
      #expect(Self.swarm.stability.contains(duration))
      #expect(fault.at < .zero + Self.swarm.span + .milliseconds(100))
    }
    #expect(plan.faults.last?.fault == .heal)
  }

  @Test func everyKindComesUpAndEverySeedLeavesSomeOut() {
    let plans = (0..<60 as Range<UInt64>).map { Self.swarm.draw(seed: $0) }
    let kinds = plans.map { Set($0.faults.map(\.fault.verb)) }
    let drawn = Set(kinds.flatMap { $0 })
    #expect(drawn.union([.resume]) == Set(FaultVerb.allCases))
    #expect(kinds.allSatisfy { $0.count < 17 })
    #expect(kinds.contains { $0.count < 7 })
  }

  /// However a fault is made simpler, the chain of simpler forms ends and stays valid.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func simplerFormsComeToAnEnd(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "simpler")
    for fault in Self.swarm.draw(seed: seed).faults {
      var current = fault
      var steps = 0
      while !current.simpler.isEmpty {
        for form in current.simpler {
          let text = form.text(Self.roster)
          #expect(try TimedFault.parse(text, roster: Self.roster) == form && form != current)
        }
        current = current.simpler[random.below(current.simpler.count)]
        steps += 1
        try #require(steps < 40)
      }
    }
  }
}
