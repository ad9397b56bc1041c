import Kernel
import Simulation
import Testing

@testable import Drills

@Suite("The service-discovery scenario")
struct DiscoveryScenarioTests {
  static let scenario = DiscoveryScenario()

  /// A short run of `sets` under `faults`; a broken invariant is an issue.
  static func outcome(
    _ sets: [String], _ faults: String = "", seed: UInt64 = 1
  ) throws -> Outcome {
    var settings = Settings(scenario.knobs)
    for set in ["rate=5/s", "duration=4m"] + sets {
      let sides = set.split(separator: "=").map(String.init)
      try settings.set(sides[0], sides[1])
    }
    let plan = try FaultPlan.parse(faults, roster: scenario.roster(settings))
    let outcome = scenario.run(ScenarioRequest(settings: settings, faults: plan, seed: seed))
    for violation in outcome.violations { Issue.record("\(violation)") }
    return outcome
  }

  static func figure(_ name: String, _ outcome: Outcome) throws -> Double {
    try #require(outcome.measurement(name)?.value)
  }

  @Test(
    "Without faults no call fails and nobody is lost from sight",
    arguments: ["eureka", "consul", "etcd", "kubernetes"])
  func quiet(registry: String) throws {
    let outcome = try Self.outcome(["registry=\(registry)", "duration=3m"])
    for name in ["failed_calls", "false_evictions", "refused_registrations", "stale_calls"] {
      #expect(try Self.figure(name, outcome) == 0, "\(name)")
    }
    #expect(try Self.figure("smallest_view", outcome) == 10)
  }

  @Test(
    "A dead process is noticed within each registry's own bound",
    arguments: [
      // Lease 180 s, sweep 60 s, server cache 30 s, client 30 s; below 90 s it cannot be.
      ("eureka", 120.0, 300.0),
      // The next check fails: interval 10 s.
      ("consul", 0.0, 11.0),
      // Lease 10 s, of which up to a third has passed, looked at every 0.5 s.
      ("etcd", 6.0, 12.0),
      // The runtime is looked at every second, rules are written at most once a second.
      ("kubernetes", 0.0, 3.0),
    ])
  func killed(registry: String, low: Double, high: Double) throws {
    for seed in [UInt64(1), 2] {
      let outcome = try Self.outcome(
        ["registry=\(registry)", registry == "eureka" ? "duration=8m" : "duration=3m"],
        "at 130s crash app-3", seed: seed)
      let detection = try Self.figure("detection_time", outcome)
      #expect(detection >= low && detection <= high, "\(detection) s at seed \(seed)")
      #expect(try Self.figure("failed_calls", outcome) == Self.figure("stale_calls", outcome))
    }
  }

  @Test("A dead machine takes gossip and the node controller longer than a dead process")
  func deadMachine() throws {
    let consul = try Self.outcome(["registry=consul"], "at 100s crash host-3")
    #expect(try Self.figure("detection_time", consul) > 4)
    #expect(try Self.figure("detection_time", consul) < 40)
    let kubernetes = try Self.outcome(["registry=kubernetes"], "at 100s crash host-3")
    #expect(try Self.figure("detection_time", kubernetes) > 40)
    #expect(try Self.figure("detection_time", kubernetes) < 70)
  }

  @Test("A pod that hangs leaves the rules after three failed probes, and comes back")
  func readiness() throws {
    let outcome = try Self.outcome(["registry=kubernetes"], "at 100s pause app-3 for 60s")
    let series = try #require(outcome.series.first { $0.name == "registered" })
    #expect(series.values[100 + 19] == 10)
    #expect(series.values[100 + 34] == 9)
    #expect(series.values[100 + 60 + 14] == 10)
    #expect(try Self.figure("false_evictions", outcome) == 0)
  }

  @Test("An instance that errors or is slow fails calls without being dead")
  func gray() throws {
    let errors = try Self.outcome(["duration=3m"], "at 100s errors app-3 100% for 30s")
    #expect(try Self.figure("failed_calls", errors) > 3)
    #expect(try Self.figure("stale_calls", errors) == 0)
    let slow = try Self.outcome(["duration=3m"], "at 100s slow app-3 x300 for 30s")
    #expect(try Self.figure("failed_calls", slow) == 0)
    #expect(try Self.figure("p99", slow) > 0.25)
  }

  @Test("A lost majority refuses registrations where writes need one, and not in Eureka")
  func quorumLoss() throws {
    let faults = """
      at 100s crash registry-1
      at 100s crash registry-2
      at 130s crash app-4 for 10s
      """
    for registry in ["consul", "etcd", "kubernetes"] {
      let outcome = try Self.outcome(["registry=\(registry)"], faults)
      #expect(try Self.figure("refused_registrations", outcome) > 0, "\(registry)")
    }
    let eureka = try Self.outcome(["registry=eureka"], faults)
    #expect(try Self.figure("refused_registrations", eureka) == 0)
  }

  @Test("Ejection by callers ends the trouble long before the registry does")
  func ejection() throws {
    let faults = "at 130s crash app-3"
    let naive = try Self.outcome([], faults)
    let good = try Self.outcome(["caller.retries=1", "caller.eject_after=1"], faults)
    #expect(try Self.figure("failed_calls", naive) > 20)
    #expect(try Self.figure("failed_calls", good) == 0)
    #expect(
      try Self.figure("stale_calls", good) * 3 < Self.figure("stale_calls", naive))
  }

  @Test("A server in between sees one view for all callers", arguments: ["eureka", "kubernetes"])
  func serverSide(registry: String) throws {
    let outcome = try Self.outcome(
      ["registry=\(registry)", "caller.discovery=server"], "at 130s crash app-3")
    #expect(try Self.figure("calls", outcome) > 500)
    #expect(try Self.figure("failed_calls", outcome) == Self.figure("stale_calls", outcome))
  }

  @Test("A headless name that is cached for ever keeps dead pods in use")
  func names() throws {
    let headless = ["registry=kubernetes", "kubernetes.service=headless"]
    let fair = try Self.outcome(headless, "at 130s crash app-3")
    let stubborn = try Self.outcome(
      headless + ["kubernetes.dns.clientCache=forever"], "at 130s crash app-3")
    #expect(try Self.figure("detection_time", fair) < 10)
    #expect(try Self.figure("detection_time", stubborn) > 109)
  }

  @Test(
    "The same request gives the same bytes", arguments: ["eureka", "consul", "etcd", "kubernetes"])
  func reproducible(registry: String) throws {
    let faults = """
      at 90s crash app-2 for 20s
      at 100s partition host-1,app-1 | registry-1,registry-2 for 30s
      """
    let sets = ["registry=\(registry)", "duration=3m"]
    let first = try Self.outcome(sets, faults, seed: 5)
    let second = try Self.outcome(sets, faults, seed: 5)
    #expect(first.digest == second.digest)
    let other = try Self.outcome(sets, faults, seed: 6)
    #expect(first.digest != other.digest)
  }

  @Test("The story leads from the fault to the harm")
  func why() throws {
    let outcome = try Self.outcome(["duration=7m"], "at 130s crash app-3")
    let chain = CausalChain(outcome.trace)
    #expect(chain.steps.first?.event.kind == "crash")
    #expect(chain.firstHarm?.kind == "stale-call")
    #expect(chain.steps.contains { $0.event.kind == "evicted" })
    #expect(chain.otherHarms == 0)
  }

  @Test("Settings that do not go together are refused")
  func refuses() throws {
    var settings = Settings(Self.scenario.knobs)
    try settings.set("deploy.at", "20m")
    #expect(throws: Diagnostic.self) { try Self.scenario.validate(settings) }
  }
}
