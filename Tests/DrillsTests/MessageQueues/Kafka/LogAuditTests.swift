import Drills
import Kernel
import Simulation
import Testing

@Suite("The log broker's promises over drawn fault plans") struct LogAuditTests {
  /// Every third plan is one of `ScenarioSwarm` as it is; the others flush each batch and elect
  /// nobody who was out of sync, so that everything is promised.
  private static func request(_ seed: UInt64) throws -> ScenarioRequest {
    let scenario = try TopicRegistry.scenario("log-broker")
    var request = ScenarioSwarm(scenario).request(seed: seed)
    var settings = request.settings
    for (name, value) in [
      ("rate", "12"), ("duration", "15s"), ("partitions", "2"), ("consumers", "1"),
      ("producers", "1"),
    ] {
      try settings.set(name, value)
    }
    if seed % 3 != 0 {
      for (name, value) in [
        ("log.flush", "each"), ("unclean.leader.election.enable", "off"),
        ("broker.session.timeout.ms", "3s"), ("replica.lag.time.max.ms", "2s"),
        ("request.timeout.ms", "1s"),
      ] { try settings.set(name, value) }
    }
    let nodes = scenario.roster(settings).nodes
    let swarm = SwarmPlan(
      seed % 2 == 0 ? nodes : Array(nodes.prefix(4)), span: .seconds(18), meanGap: .seconds(3),
      stability: .milliseconds(500)...(.seconds(8)), keepsQuorum: seed % 2 == 0)
    request = ScenarioRequest(
      settings: settings, faults: swarm.draw(seed: seed), seed: seed, traceCapacity: 200)
    return request
  }

  @Test("hold over 300 plans", arguments: 0..<10) func promises(_ block: Int) throws {
    let scenario = try TopicRegistry.scenario("log-broker")
    for seed in UInt64(block * 30 + 1)...UInt64(block * 30 + 30) {
      let outcome = scenario.run(try Self.request(seed))
      #expect(outcome.violations.isEmpty, "seed \(seed): \(outcome.violations)")
    }
  }
}
