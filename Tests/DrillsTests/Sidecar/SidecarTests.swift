import Drills
import Kernel
import Simulation
import Testing

@Suite struct SidecarTests {
  @Test func sameRequestGivesTheSameBytes() throws {
    let scenario = try TopicRegistry.scenario("sidecar")
    let faults = "at 3s errors ledger-1 50% for 4s"
    let changes = ["duration": "20s", "rollout": "on"]
    let first = try scenario.tried(changes, faults, seed: 9)
    #expect(first.digest == (try scenario.tried(changes, faults, seed: 9)).digest)
    #expect(first.digest != (try scenario.tried(changes, faults, seed: 10)).digest)
  }

  @Test(arguments: 0..<60 as Range<UInt64>) func invariantsHoldUnderDrawnFaults(seed: UInt64) throws
  {
    var random = RandomStream(seed: seed, name: "swarm")
    func pick(_ words: [String]) -> String { words[random.below(words.count)] }
    let changes: [String: String] = [
      "duration": "40s", "rollout": pick(["on", "off"]), "long.share": pick(["0%", "10%"]),
      "form": pick(["container", "native"]), "hold": pick(["on", "off"]),
      "startup.probe": pick(["on", "off"]), "setup": pick(["none", "quiet", "calls"]),
      "setup.order": pick(["sidecar-first", "setup-first"]), "prestop": pick(["0s", "2s"]),
      "sidecar.prestop": pick(["0s", "3s"]), "drain": pick(["0s", "5s"]),
      "exit.on.zero": pick(["on", "off"]), "drain.refuses": pick(["on", "off"]),
      "grace": pick(["4s", "30s"]), "mtls": pick(["permissive", "strict"]),
      "probe": pick(["application", "through", "both"]),
      "outgoing": pick(["pass-through", "ambassador"]), "retry.on": pick(["refused", "5xx"]),
      "retry.budget": pick(["none", "share"]), "eject": pick(["off", "outlier", "accrual"]),
      "eject.percent": pick(["10", "70"]), "cert.life": pick(["6s", "24h"]),
      "metrics": pick(["raw", "adapter"]), "sidecar.cpu": pick(["0", "0.05"]),
      "log.full": pick(["block", "drop"]), "log.buffer": pick(["5", "100"]),
      "pool.size": pick(["1", "8"]), "ledger.limit": pick(["20", "100"]),
    ]
    let kinds = [
      "crash sidecar-1 for 4s", "crash pod-2 for 5s", "crash ledger-1 for 3s",
      "errors ledger-2 60% for 4s", "slow ledger-3 x300 for 4s", "crash log-store for 6s",
      "slow log-store x50 for 5s", "slow pod-1 x20 for 4s", "load x4 for 3s", "heal",
      "pause log-store for 4s", "crash control-plane for 9s", "pause control-plane for 5s",
      "pause ledger-1 for 3s", "crash sidecar-2",
    ]
    let faults = (0..<1 + random.below(5)).map { _ in "at \(1 + random.below(30))s \(pick(kinds))" }
    let scenario = try TopicRegistry.scenario("sidecar")
    let outcome = try scenario.tried(changes, faults.joined(separator: "\n"), seed: seed)
    #expect(outcome.violations.isEmpty, "\(changes) \(faults) \(outcome.violations)")
    #expect(outcome.measurements.map(\.name) == scenario.metrics.map(\.name))
    #expect(outcome.measurements.map(\.unit) == scenario.metrics.map(\.unit))
  }

  /// One mechanism: an instance that fails every call is taken out by the proxy of the mesh, and what is
  /// tried again finds another.
  @Test func theAmbassadorIsTheProxyOfTheMesh() throws {
    let scenario = try TopicRegistry.scenario("sidecar")
    let bad = "at 10s errors ledger-1 100% for 30s"
    let direct = try scenario.tried(["duration": "60s"], bad)
    let ambassador = try scenario.tried(
      [
        "duration": "60s", "outgoing": "ambassador", "retry.on": "5xx", "eject": "outlier",
        "eject.percent": "34",
      ], bad)
    func value(_ outcome: Outcome, _ name: String) -> Double {
      outcome.measurement(name)?.value ?? -1
    }
    #expect(value(direct, "success") < 0.9 && value(direct, "retries") == 0)
    #expect(value(ambassador, "success") == 1 && value(ambassador, "ejections") >= 4)
  }

  /// A sidecar that starts while the control plane is gone gets no certificate, and is ready as soon as
  /// it is back.
  @Test func noControlPlaneNoNewSidecar() throws {
    let scenario = try TopicRegistry.scenario("sidecar")
    let gone = try scenario.tried(
      ["rollout": "on", "hold": "on"], "at 10s crash control-plane for 200s")
    #expect(gone.measurement("rolled_out")?.value == 0)
    #expect((gone.measurement("success")?.value ?? 0) > 0.98)
    let back = try scenario.tried(
      ["rollout": "on", "hold": "on"], "at 10s crash control-plane for 20s")
    #expect(back.measurement("rolled_out")?.value == 1)
  }

  @Test(arguments: ["send 0", "borrow x", "full up", "tick soon", "write 0"])
  func aRefusedLineChangesNothing(line: String) throws {
    var session = BenchSession(try TopicRegistry.topic("sidecar").bench(as: nil))
    let before = session.bench.facts
    #expect(throws: Diagnostic.self) { try session.run(line) }
    #expect(session.bench.facts == before)
  }
}
