import Drills
import Kernel
import Simulation
import Testing

@Suite struct AvailabilityScenarioTests {
  private let scenario: any Scenario

  init() throws { scenario = try TopicRegistry.scenario("availability") }

  private func value(_ outcome: Outcome, _ name: String) throws -> Double {
    try #require(outcome.measurement(name)?.value)
  }

  static let designs: [[String: String]] = [
    ["replicas": "1"],
    ["replicas": "2"],
    ["replicas": "2", "zone.share": "10%", "release.share": "1%"],
    ["replicas": "2", "zones": "2", "zone.share": "10%"],
    ["replicas": "4", "zones": "2", "needed": "2", "zone.share": "20%"],
    ["replicas": "2", "needed": "2"],
    ["replicas": "3", "zones": "3", "switch.time": "30m", "check.interval": "5m"],
    ["replicas": "3", "dependencies": "5"],
    ["replicas": "3", "dependencies": "5", "soft": "4", "bridge": "1h"],
  ]

  /// What breaks by chance for two centuries comes to what theory says of the same settings.
  @Test(arguments: designs.indices, UInt64(1)...2)
  func theRunAgreesWithTheFormulaThatKnowsAll(number: Int, seed: UInt64) throws {
    var changes = Self.designs[number]
    changes["years"] = "200"
    changes["mtbf"] = "240h"
    let outcome = try scenario.tried(changes, seed: seed)
    let (measured, explained) = (
      1 - (try value(outcome, "measured")), 1 - (try value(outcome, "explained"))
    )
    #expect(outcome.violations.isEmpty)
    #expect(abs(measured / explained - 1) < 0.15, "\(changes) \(measured) \(explained)")
  }

  /// Only where nothing is shared, found at once and switched at once, the paper is right too.
  @Test func thePaperIsRightForIndependentFailures() throws {
    let ideal = [
      "replicas": "2", "mtbf": "96h", "switch.time": "0s", "check.interval": "1s", "fall": "1",
      "rise": "1", "years": "200",
    ]
    let outcome = try scenario.tried(ideal)
    #expect(abs(try value(outcome, "times_worse") - 1) < 0.1)
    var shared = ideal
    shared["zone.share"] = "10%"
    #expect(try value(try scenario.tried(shared), "times_worse") > 2)
  }

  @Test func copiesInOnePlaceDoNotHelpAndAnotherPlaceDoes() throws {
    func down(_ replicas: String, _ zones: String) throws -> Double {
      let outcome = try scenario.tried([
        "replicas": replicas, "zones": zones, "zone.share": "10%", "mtbf": "240h", "years": "100",
      ])
      return try value(outcome, "lost_parts")
    }
    let two = try down("2", "1")
    #expect(try down("6", "1") > two * 0.75)
    #expect(try down("2", "2") < two * 0.35)
  }

  @Test func whoIsNotCheckedIsFoundWhenNeeded() throws {
    let checked = try scenario.tried(["mtbf": "2160h"])
    let unchecked = try scenario.tried(["mtbf": "2160h", "spares.checked": "off"])
    #expect(try value(checked, "detection_time") < 30)
    #expect(try value(unchecked, "detection_time") > 86_400)
    #expect(
      try value(unchecked, "measured_downtime") > 10 * value(checked, "measured_downtime"))
  }

  /// Another replica, another zone, another dependency leave the lives of all others alone.
  @Test func eachPartHasItsOwnChance() throws {
    func lives(_ changes: [String: String]) throws -> [Instant] {
      let outcome = try scenario.tried(changes)
      return outcome.trace.events.filter { $0.part == "replica-1" && $0.kind == "breaks" }
        .map(\.at).prefix(1).map { $0 }
    }
    let first = try lives(["replicas": "2"])
    #expect(!first.isEmpty)
    #expect(try lives(["replicas": "5", "dependencies": "3"]) == first)
    #expect(try lives(["replicas": "4", "zones": "4", "check.interval": "1h"]) == first)
  }

  @Test func aZoneThatIsDownTakesItsReplicasAlong() throws {
    let quiet = ["mtbf": "87600h", "years": "1", "zones": "2"]
    let line = "at 30d crash zone-1 for 2h"
    let apart = try scenario.tried(quiet, line)
    #expect(try value(apart, "switches") == 1 && value(apart, "lost_parts") == 0)
    var together = quiet
    together["zones"] = "1"
    let lost = try value(try scenario.tried(together, line), "lost_parts")
    #expect(lost > 7_100 && lost < 7_600, "\(lost)")
  }

  @Test(arguments: UInt64(1)...12) func promisesHoldUnderDrawnSettings(seed: UInt64) throws {
    var draw = TrialDraw(seed: seed)
    let changes = [
      "replicas": draw.pick(["1", "2", "3", "5"]), "mtbf": draw.pick(["24h", "240h"]),
      "fall": draw.pick(["1", "3", "10"]), "rise": draw.pick(["1", "2"]),
      "spares.checked": draw.pick(["on", "off"]), "zone.share": draw.pick(["0", "0.3"]),
      "release.share": draw.pick(["0", "0.1"]), "dependencies": draw.pick(["0", "2"]),
      "check.interval": draw.pick(["10s", "1h", "24h"]), "years": "5",
      "switch.time": draw.pick(["0s", "1h"]),
    ]
    let kinds = [
      "crash replica-1 for 3h", "pause replica-1 for 50m", "crash zone-1 for 5h", "crash zone-1",
      "slow replica-1 x4 for 1h", "partition replica-1 | zone-1 for 2h",
    ]
    let faults = (0..<5).map { _ in
      "at \(1 + draw.random.below(1_000))h \(draw.pick(kinds))"
    }.joined(separator: "\n")
    try scenario.survives(changes, faults, seed: seed)
    let digest = try scenario.tried(changes, faults, seed: seed).digest
    #expect(digest == (try scenario.tried(changes, faults, seed: seed)).digest)
  }

  @Test(arguments: [
    ["needed": "3"], ["zones": "3"], ["soft": "1"],
    ["dependencies": "3", "essential": "2", "soft": "2"],
    ["zone.share": "0.7", "release.share": "0.7"], ["mtbf": "1h", "years": "200"],
  ])
  func whatDoesNotFitTogetherIsRefused(changes: [String: String]) throws {
    #expect(throws: Diagnostic.self) { try scenario.tried(changes) }
  }
}
