import Drills
import Kernel
import Simulation
import Testing

@Suite struct FailoverScenarioTests {
  private func run(
    _ changes: [String: String], _ faults: String = "", seed: UInt64 = 1
  ) throws -> Outcome {
    let scenario = try TopicRegistry.scenario("failover")
    return try scenario.tried(changes, faults, seed: seed)
  }

  private func value(_ outcome: Outcome, _ name: String) throws -> Double {
    try #require(outcome.measurement(name)?.value)
  }

  @Test func sameRequestGivesTheSameBytes() throws {
    let faults = "at 30s crash n1 for 10s\nat 50s partition n1 | n2 for 10s"
    let first = try run(["duration": "60s"], faults, seed: 9)
    #expect(first.digest == (try run(["duration": "60s"], faults, seed: 9)).digest)
    #expect(first.digest != (try run(["duration": "60s"], faults, seed: 10)).digest)
  }

  /// With a lease two never lead for long, with acks nothing answered is lost to a crash, with fencing
  /// nothing stale is applied: whatever goes wrong.
  @Test(arguments: UInt64(1)...24) func promisesHoldUnderDrawnFaults(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "swarm")
    func pick(_ words: [String]) -> String { words[random.below(words.count)] }
    let data = pick(["shared", "replicated"])
    let changes = [
      "duration": "90s", "data": data, "fencing": "on", "acks": pick(["0", "1"]),
      "failsafe": pick(["on", "off"]), "failback": pick(["manual", "automatic"]),
      "route": pick(["vip", "dns"]), "nodes": pick(["2", "3"]),
    ]
    let kinds = [
      "crash n1 for 10s", "pause n1 for 25s", "crash n2 for 10s", "pause n2 for 20s",
      "partition n1 | n2 for 20s", "partition n1 | dcs-1,dcs-2,dcs-3 for 20s",
      "crash dcs-1 for 20s", "drop 20% for 10s", "delay 300ms for 10s",
    ]
    let faults = (0..<4).map { _ in
      "at \(22 + random.below(70))s \(kinds[random.below(kinds.count)])"
    }.joined(separator: "\n")
    let outcome = try run(changes, faults, seed: seed)
    #expect(outcome.violations.isEmpty, "\(changes) \(faults) \(outcome.violations)")
    #expect(try value(outcome, "stale_writes") == 0)
    #expect(try value(outcome, "two_leaders") < 0.5, "\(changes) \(faults)")
    let scenario = try TopicRegistry.scenario("failover")
    #expect(outcome.measurements.map(\.name) == scenario.metrics.map(\.name))
    #expect(outcome.measurements.map(\.unit) == scenario.metrics.map(\.unit))
  }

  /// Sentinels elect by majority, clusters fence first, whatever goes wrong.
  @Test(arguments: UInt64(1)...24) func watchersAndClustersKeepTheirPromises(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "swarm")
    func pick(_ words: [String]) -> String { words[random.below(words.count)] }
    let election = pick(["sentinel", "cluster"])
    let changes = [
      "duration": "90s", "nodes": "3", "election": election, "down.after": "3s",
      "quorum": pick(["1", "2", "3"]), "parallel.syncs": pick(["1", "2"]),
      "failover.timeout": "10s", "no.quorum": pick(["stop", "freeze"]), "data": "shared",
      "opening.time": pick(["0s", "2s"]), "reboot.time": pick(["10s", "40s"]),
    ]
    let third = election == "sentinel" ? "sentinel" : "dcs"
    let kinds = [
      "crash n1 for 10s", "pause n1 for 25s", "crash n2 for 10s", "pause n2 for 20s",
      "partition n1 | n2,n3 for 20s", "partition n3 | n1,n2 for 20s",
      "partition n1 | \(third)-1,\(third)-2 for 20s", "crash \(third)-1 for 20s",
      "pause \(third)-2 for 5s", "drop 20% for 10s", "delay 300ms for 10s",
    ]
    let faults = (0..<4).map { _ in
      "at \(22 + random.below(70))s \(kinds[random.below(kinds.count)])"
    }.joined(separator: "\n")
    let outcome = try run(changes, faults, seed: seed)
    #expect(outcome.violations.isEmpty, "\(changes) \(faults) \(outcome.violations)")
    if election == "cluster" {
      #expect(try value(outcome, "stale_writes") == 0, "\(changes) \(faults)")
    }
  }

  private static let pacemaker = [
    "election": "cluster", "nodes": "3", "data": "shared", "duration": "3m",
  ]

  /// A service that fails nine checks in ten is started again and again where it is, by default; the
  /// threshold moves it, and one that cannot be started is moved at once.
  @Test func aClusterRestartsInPlaceBeforeItMoves() throws {
    func tried(_ more: [String: String], _ share: String) throws -> Outcome {
      let changes = Self.pacemaker.merging(more) { $1 }
      let outcome = try run(changes, "at 30s errors n1 \(share)")
      #expect(outcome.violations.isEmpty)
      return outcome
    }
    func restarts(_ outcome: Outcome) -> Int {
      outcome.trace.events.count { $0.detail.contains("started again in place") }
    }
    let forEver = try tried([:], "90%")
    #expect(restarts(forEver) > 8)
    #expect(try value(forEver, "failovers") == 0)
    let third = try tried(["migration.threshold": "3"], "90%")
    #expect(restarts(third) == 2)
    #expect(try value(third, "failovers") == 1)
    #expect(try value(third, "availability") > value(forEver, "availability") + 0.3)
    let dead = try tried([:], "100%")
    #expect(restarts(dead) == 1)
    #expect(try value(dead, "failovers") == 1)
    let lenient = try tried(["start.failure.fatal": "off"], "100%")
    #expect(try value(lenient, "failovers") == 0)
  }

  @Test func aRestartCuresWhatARestartCanCure() throws {
    let changes = Self.pacemaker.merging(["cured.by.restart": "on"]) { $1 }
    let outcome = try run(changes, "at 30s errors n1 100%")
    #expect(try value(outcome, "failovers") == 0)
    #expect(try value(outcome, "longest_outage") < 15)
    #expect(try value(outcome, "availability") > 0.9)
  }

  /// Whatever happens to pods, every request ends once and nothing is asked before the start is over.
  @Test(arguments: UInt64(1)...12) func podsKeepTheirPromises(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "swarm")
    func pick(_ words: [String]) -> String { words[random.below(words.count)] }
    let changes = [
      "duration": "3m", "startupProbe": pick(["on", "off"]), "livenessProbe": pick(["on", "off"]),
      "readinessProbe": pick(["on", "off"]), "probe.thread": pick(["own", "shared"]),
      "livenessProbe.checks": pick(["self", "database"]), "startup.time": pick(["2s", "40s"]),
      "startupProbe.failureThreshold": pick(["1", "30"]), "probe.path": pick(["home", "healthz"]),
    ]
    let kinds = [
      "crash pod-1", "pause pod-2", "pause pod-3 for 20s", "slow pod-4 x10 for 30s",
      "crash database for 40s", "load x2 for 20s", "errors pod-1 50% for 20s",
      "slow home-page x20 for 20s",
    ]
    let faults = (0..<4).map { _ in
      "at \(5 + random.below(120))s \(kinds[random.below(kinds.count)])"
    }.joined(separator: "\n")
    let scenario = try TopicRegistry.scenario("pods")
    let outcome = try scenario.tried(changes, faults, seed: seed)
    #expect(outcome.violations.isEmpty, "\(changes) \(faults) \(outcome.violations)")
    #expect(outcome.digest == (try scenario.tried(changes, faults, seed: seed)).digest)
    #expect(outcome.measurements.map(\.name) == scenario.metrics.map(\.name))
  }

  @Test(arguments: ["failover", "pods"], UInt64(1)...3)
  func eachMutantIsCaught(id: String, seed: UInt64) throws {
    let scenario = try TopicRegistry.scenario(id)
    for mutant in scenario.mutants {
      let run = try MutantRun(scenario, mutant, seed: seed)
      let healthy = try mutant.complaint(on: run.healthy, of: scenario)
      #expect(healthy == nil, "\(mutant.id) \(healthy ?? "")")
      let complaint = try mutant.complaint(on: run.mutated, of: scenario)
      #expect(complaint != nil, "\(mutant.id) goes unnoticed")
    }
  }

  @Test func everyExampleOfTheBenchWorks() throws {
    let topic = try TopicRegistry.topic("failover")
    for preset in [nil] + topic.presets.map({ Optional($0.id) }) {
      let bench = try topic.bench(as: preset)
      for command in bench.commands {
        var copy = bench
        _ = try copy.perform(BenchLine(command.example))
        #expect(copy.checkInvariants() == nil, "\(preset ?? "plain") \(command.example)")
      }
    }
  }
}
