import Drills
import Kernel
import Simulation
import Testing

@Suite struct MeshScenarioTests {
  private func run(
    _ changes: [String: String] = [:], _ faults: String = "", seed: UInt64 = 1
  ) throws -> Outcome {
    let scenario = try TopicRegistry.scenario("service-mesh")
    return try scenario.tried(changes, faults, seed: seed)
  }

  private func value(_ outcome: Outcome, _ name: String) throws -> Double {
    try #require(outcome.measurement(name)?.value)
  }

  @Test func sameRequestGivesTheSameBytes() throws {
    let faults = "at 3s errors stock-a1 50% for 4s\nat 5s drop 20% for 3s"
    let first = try run(["duration": "12s"], faults, seed: 9)
    #expect(first.digest == (try run(["duration": "12s"], faults, seed: 9)).digest)
    #expect(first.digest != (try run(["duration": "12s"], faults, seed: 10)).digest)
  }

  /// The control plane can be gone as long as certificates live, and no longer.
  @Test func trafficOutlivesItsControlPlane() throws {
    let base = ["duration": "60s", "cert.life": "30s", "connection.age": "1s", "rate": "50/s"]
    let short = try run(base, "at 5s crash control-plane for 12s")
    #expect(try value(short, "success") == 1)
    let long = try run(base, "at 5s crash control-plane for 40s")
    #expect(try value(long, "success") < 0.8)
    #expect(try value(long, "expired") > 0)
  }

  /// Three tries by code and three by sidecars on each of three hops, when all of stock fails.
  @Test func retriesMultiply() throws {
    let faults = ["a1", "a2", "b1", "b2", "c1", "c2"]
      .map { "at 0s errors stock-\($0) 100%" }.joined(separator: "\n")
    let outcome = try run(
      [
        "duration": "60s", "rate": "0.2/s", "batch.rate": "0/s", "retry.app": "1",
        "retry.mesh": "1", "retry.on": "5xx", "timeout": "30s",
      ], faults)
    let factor = try value(outcome, "amplification")
    #expect(factor > 55 && factor <= 64)
  }

  @Test(arguments: 0..<24 as Range<UInt64>) func invariantsHoldUnderDrawnFaults(seed: UInt64) throws
  {
    var random = RandomStream(seed: seed, name: "swarm")
    func pick(_ words: [String]) -> String { words[random.below(words.count)] }
    let changes = [
      "duration": "14s", "rate": "80/s", "intruder.rate": "5/s", "change.at": "4s",
      "cert.life": pick(["5s", "20s", "24h"]), "mtls": pick(["permissive", "strict"]),
      "eject": pick(["off", "outlier", "accrual"]), "eject.percent": pick(["10", "50", "100"]),
      "eject.base": "2s", "eject.interval": "1s", "panic": pick(["0", "50"]),
      "locality": pick(["anywhere", "failover"]), "retry.on": pick(["refused", "5xx"]),
      "retry.budget": pick(["none", "share"]), "retry.app": pick(["0", "1"]),
      "max.requests": pick(["0", "5", "1024"]), "queue": pick(["0", "20", "200"]),
      "balance": pick(["round-robin", "least-request", "peak-ewma"]),
      "change": pick(["none", "strict", "authz", "canary", "rotate-root", "typo"]),
      "change.order": pick(["routes-first", "clusters-first"]), "change.gap": "2s",
      "push.stages": pick(["on", "off"]), "push.checks": pick(["on", "off"]),
      "canary.mirror": pick(["0%", "50%"]), "canary.watch": pick(["on", "off"]),
      "canary.errors": "30%", "canary.weight": "40%", "batch.sidecar": pick(["on", "off"]),
      "root.overlap": pick(["0s", "2s"]), "root.keep": pick(["0s", "3s"]),
      "connection.age": pick(["500ms", "5s"]), "zones": "3", "replicas": "1",
    ]
    let kinds = [
      "crash control-plane for 4s", "pause control-plane for 3s", "crash stock-a1 for 3s",
      "crash orders-b1 for 2s", "crash front-a1 for 2s", "crash ingress-a for 2s",
      "errors stock-b1 80% for 4s", "slow stock-c1 x20 for 4s", "pause stock-a1 for 3s",
      "pause orders-a1 for 2s", "drop 20% for 3s", "duplicate 30% for 3s", "delay 50ms for 3s",
      "partition control-plane | stock-a1,orders-a1 for 4s", "skew stock-a1 by 10s for 4s",
      "jump orders-b1 by -5s", "load x3 for 3s", "heal", "crash canary-a for 3s",
    ]
    let faults = (0..<1 + random.below(5)).map { _ in "at \(1 + random.below(10))s \(pick(kinds))" }
    let outcome = try run(changes, faults.joined(separator: "\n"), seed: seed)
    #expect(outcome.violations.isEmpty, "\(changes) \(faults) \(outcome.violations)")
    let scenario = try TopicRegistry.scenario("service-mesh")
    #expect(outcome.measurements.map(\.name) == scenario.metrics.map(\.name))
    #expect(outcome.measurements.map(\.unit) == scenario.metrics.map(\.unit))
    for event in outcome.trace.events {
      if let cause = event.cause { #expect(outcome.trace[cause]?.at ?? event.at <= event.at) }
    }
  }
}
