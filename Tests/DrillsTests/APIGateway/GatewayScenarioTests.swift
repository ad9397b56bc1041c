import Drills
import Kernel
import Simulation
import Testing

@Suite struct GatewayScenarioTests {
  private func run(
    _ changes: [String: String] = [:], _ faults: String = "", seed: UInt64 = 1
  ) throws -> Outcome {
    let scenario = try TopicRegistry.scenario("api-gateway")
    return try scenario.tried(changes, faults, seed: seed)
  }

  private func value(_ outcome: Outcome, _ name: String) throws -> Double {
    try #require(outcome.measurement(name)?.value)
  }

  @Test func sameRequestGivesTheSameBytes() throws {
    let faults = "at 3s errors catalog-1 50% for 4s\nat 5s drop 20% for 3s"
    let first = try run(["duration": "12s"], faults, seed: 9)
    #expect(first.digest == (try run(["duration": "12s"], faults, seed: 9)).digest)
    #expect(first.digest != (try run(["duration": "12s"], faults, seed: 10)).digest)
  }

  /// A limit at each of n nodes admits n times as much; divided or shared it admits once.
  @Test(arguments: [("node", 4.0), ("divided", 1.0), ("shared", 1.0)])
  func scopeDecidesWhatALimitMeans(scope: String, factor: Double) throws {
    let outcome = try run([
      "gateways": "4", "limit.rate": "20", "limit.burst": "20", "limit.scope": scope,
      "flood": "5", "account.share": "0%", "page.share": "0%",
    ])
    let admitted = try value(outcome, "crow_rate") / 20
    #expect(abs(admitted / factor - 1) < 0.08, "\(scope): \(admitted)")
  }

  @Test func forgedTokensNeverCountAtAGateway() throws {
    let gateway = try run(["forged.rate": "50/s", "duration": "20s"])
    #expect(try value(gateway, "forged_taken") == 0)
    #expect(try value(gateway, "success") == 1)
    let balancer = try run(["forged.rate": "50/s", "duration": "20s", "stands": "balancer"])
    #expect(try value(balancer, "forged_taken") > 900)
  }

  /// The same run with tokens of another algorithm comes to the same, because what decides is the
  /// same: who signed, when, for whom.
  @Test(arguments: ["RS256", "HS256"]) func algorithmsDecideNothingElse(name: String) throws {
    let base = ["duration": "6s", "rotate.at": "2s", "jwks.refetch": "on", "token.life": "20s"]
    let usual = try run(base)
    let other = try run(base.merging(["verify.algorithm": name]) { $1 })
    #expect(usual.measurements == other.measurements)
  }

  /// A revoked key counts for as long as a node remembers it, or until the node asks.
  @Test(arguments: [("0s", "0s", 0.1), ("3s", "0s", 3.1), ("5m", "2s", 2.1), ("5m", "0s", 30)])
  func revocationTakesAsLongAsMemory(life: String, poll: String, most: Double) throws {
    let outcome = try run([
      "duration": "30s", "keyed.share": "50%", "thief.rate": "20/s", "revoke.at": "10500ms",
      "apikeys.life": life, "apikeys.poll": poll,
    ])
    let late = try value(outcome, "revoked_late")
    #expect(late <= most && (life == "0s" || late > most / 3), "\(late)")
    #expect(try value(outcome, "success") == 1)
  }

  /// What each of the three knows: the gateway consumers, the mesh workloads, the balancer neither.
  @Test(arguments: [
    ("balancer", false, false), ("mesh", false, true), ("gateway", true, false),
    ("both", true, true),
  ])
  func eachKnowsItsOwn(stands: String, knowsConsumers: Bool, knowsWorkloads: Bool) throws {
    let outcome = try run([
      "stands": stands, "duration": "10s", "forged.rate": "20/s", "spoof.rate": "10/s",
      "inside.rate": "10/s",
    ])
    #expect(try (value(outcome, "forged_taken") == 0) == knowsConsumers)
    #expect(try (value(outcome, "spoofed") == 0) == knowsConsumers)
    #expect(try (value(outcome, "inside_taken") == 0) == knowsWorkloads)
    #expect(outcome.violations.isEmpty)
  }

  /// A version that fails is taken out; a client that sticks sees one version only.
  @Test func canariesAreWatchedAndStick() throws {
    let base = ["duration": "20s", "canary.weight": "20%"]
    let faults = "at 0s errors next-1 50%\nat 0s errors next-2 50%"
    let blind = try run(base, faults)
    let watched = try run(base.merging(["canary.watch": "on"]) { $1 }, faults)
    #expect(try value(blind, "canary_errors") > 4 * value(watched, "canary_errors"))
    #expect(try value(watched, "canary_calls") >= 50)
    #expect(try value(blind, "flips") > 100)
    let sticky = try run(base.merging(["canary.sticks": "client"]) { $1 })
    #expect(try value(sticky, "flips") == 0 && value(sticky, "canary_calls") > 50)
  }

  @Test(arguments: 0..<24 as Range<UInt64>) func invariantsHoldUnderDrawnFaults(seed: UInt64) throws
  {
    var random = RandomStream(seed: seed, name: "swarm")
    func pick(_ words: [String]) -> String { words[random.below(words.count)] }
    let changes = [
      "duration": "14s", "stands": pick(["gateway", "mesh", "balancer", "both"]),
      "limit.scope": pick(["node", "divided", "shared"]), "limit.fails": pick(["open", "closed"]),
      "limit.rate": pick(["0", "30"]), "workers": pick(["5", "100"]),
      "page.timeout": pick(["0s", "50ms"]), "page.optional": pick(["on", "off"]),
      "rotate.at": pick(["0s", "4s"]), "rotate.ahead": pick(["0s", "3s"]),
      "rotate.keep": pick(["0s", "5s"]), "jwks.life": pick(["2s", "5m"]),
      "jwks.refetch": pick(["on", "off"]), "jwks.stale": pick(["on", "off"]),
      "verify.leeway": pick(["0s", "30s"]), "cache.life": pick(["0s", "5s"]),
      "cache.varies": pick(["path", "consumer"]), "cache.honours": pick(["on", "off"]),
      "upstream.timeout": pick(["100ms", "2s", "60s"]), "upstream.retries": pick(["0", "2"]),
      "upstream.fails": pick(["0", "1"]), "token.life": pick(["8s", "60s"]),
      "flood": pick(["1", "4"]), "keyed.share": pick(["0%", "40%"]), "thief.rate": "3/s",
      "revoke.at": "3s", "apikeys.life": pick(["0s", "1s", "5m"]),
      "apikeys.poll": pick(["0s", "2s"]), "spoof.rate": "3/s", "inside.rate": "3/s",
      "headers.strip": pick(["on", "off"]), "canary.weight": pick(["0%", "30%"]),
      "canary.sticks": pick(["request", "client"]), "canary.watch": pick(["on", "off"]),
      "log.sample": pick(["100%", "10%"]), "log.errors": pick(["on", "off"]),
      "verify.algorithm": pick(["EdDSA", "EdDSA", "HS256"]),
    ]
    let kinds = [
      "crash issuer for 4s", "pause issuer for 3s", "crash gateway-1 for 2s",
      "crash catalog-1 for 3s", "errors prices-1 80% for 4s", "slow prices-2 x20 for 4s",
      "pause accounts-1 for 3s", "crash limits for 3s", "drop 20% for 3s", "duplicate 30% for 3s",
      "skew gateway-2 by -20s for 5s", "jump issuer by 15s", "load x3 for 3s", "heal",
      "delay 50ms for 3s", "partition gateway-1 | limits for 3s",
      "crash keystore for 3s", "partition gateway-2 | keystore for 4s", "errors next-1 60% for 5s",
    ]
    let faults = (0..<1 + random.below(5)).map { _ in "at \(1 + random.below(10))s \(pick(kinds))" }
    let outcome = try run(changes, faults.joined(separator: "\n"), seed: seed)
    #expect(outcome.violations.isEmpty, "\(changes) \(faults) \(outcome.violations)")
    let scenario = try TopicRegistry.scenario("api-gateway")
    #expect(outcome.measurements.map(\.name) == scenario.metrics.map(\.name))
    #expect(outcome.measurements.map(\.unit) == scenario.metrics.map(\.unit))
  }
}
