import Kernel
import Simulation
import Testing

@Suite struct EnvironmentTests {
  static let roster = Roster(["a", "b", "c"])

  static func environment() -> Environment {
    Environment(
      roster, network: Network(LinkQuality(latency: .constant(.milliseconds(1))), seed: 1))
  }

  /// What the world tells its host, line by line, for a plan.
  static func changes(_ plan: String) throws -> [String] {
    var environment = environment()
    var schedule = FaultSchedule(try FaultPlan.parse(plan, roster: roster))
    var lines: [String] = []
    while let next = schedule.next {
      for applied in schedule.carryOut(in: &environment, at: next) {
        lines += applied.changes.map { "\(Int(next.seconds)) \(word($0))" }
      }
    }
    return lines
  }

  private static func word(_ change: WorldChange) -> String {
    switch change {
    case .crashed(let node): "\(roster.name(node)) crashed"
    case .started(let node): "\(roster.name(node)) started"
    case .paused(let node): "\(roster.name(node)) paused"
    case .resumed(let node): "\(roster.name(node)) resumed"
    case .slowed(let node, let factor): "\(roster.name(node)) x\(factor)"
    case .clockChanged(let node): "\(roster.name(node)) clock"
    case .diskChanged(let node, let isFull, let isLying):
      "\(roster.name(node)) disk \(isFull ? "full" : "free") \(isLying ? "lying" : "honest")"
    case .linksChanged: "links"
    case .loadChanged(let factor): "load x\(factor)"
    case .errorsChanged(let node, let share): "\(roster.name(node)) errors \(share)"
    }
  }

  @Test func overlappingCrashesEndWithTheLast() throws {
    #expect(
      try Self.changes("at 1s crash a for 10s\nat 2s crash a for 2s") == [
        "1 a crashed", "11 a started",
      ])
  }

  @Test func restartEndsEveryCrashAndBouncesWhatRuns() throws {
    #expect(
      try Self.changes("at 1s crash a for 10s\nat 3s restart a\nat 5s restart b") == [
        "1 a crashed", "3 a started", "5 b crashed", "5 b started",
      ])
  }

  @Test func aCrashEndsAPause() throws {
    #expect(
      try Self.changes("at 1s pause a for 9s\nat 2s crash a for 1s\nat 4s pause a\nat 5s resume a")
        == [
          "1 a paused", "2 a crashed", "3 a started", "4 a paused", "5 a resumed",
        ])
  }

  @Test func endsComeBeforeBeginningsAtTheSameInstant() throws {
    #expect(
      try Self.changes("at 1s pause a for 2s\nat 3s pause a for 2s") == [
        "1 a paused", "3 a resumed", "3 a paused", "5 a resumed",
      ])
    #expect(
      try Self.changes("at 1s pause b for 2s\nat 1s pause a for 2s\nat 2s slow c x2 for 1s") == [
        "1 b paused", "1 a paused", "2 c x2.0", "3 b resumed", "3 a resumed", "3 c x1.0",
      ])
  }

  @Test func healPutsEverythingRight() throws {
    let plan = """
      at 1s crash a
      at 1s pause b for 9s
      at 1s slow c x4
      at 1s partition a | b
      at 1s jump c by -500ms
      at 1s drift b x2
      at 1s fill c
      at 1s load x3
      at 1s errors a 50%
      at 5s heal
      """
    let healed = try Self.changes(plan).filter { $0.hasPrefix("5") }
    #expect(
      healed == [
        "5 a started", "5 b resumed", "5 c x1.0", "5 links", "5 c clock", "5 b clock",
        "5 c disk free honest", "5 load x1.0", "5 a errors 0.0",
      ])
  }

  @Test func recordsBeginningsAndEndsWithTheirCauses() throws {
    var environment = Self.environment()
    let plan = try FaultPlan.parse(
      "at 1s crash a for 2s\nat 2s drop 10% a -> b\nat 4s heal", roster: Self.roster)
    var schedule = FaultSchedule(plan)
    while let next = schedule.next { _ = schedule.carryOut(in: &environment, at: next) }
    let told = environment.trace.events.map {
      "\(Int($0.at.seconds)) \($0.part) \($0.kind) \($0.weight.rawValue) \($0.cause?.index ?? -1)"
    }
    #expect(
      told == [
        "1 a crash fault -1", "2 network drop fault -1", "3 a crash-ended recovery 0",
        "4 world heal recovery 1",
      ])
  }

  @Test func blamesTheFaultBehindASilence() throws {
    var environment = Self.environment()
    let (a, b, c) = (NodeID(0), NodeID(1), NodeID(2))
    func at(_ second: Int64) -> Instant { .zero + .seconds(second) }
    let crash = environment.apply(.crash(a), at: at(1))
    #expect(environment.blame(a, seenBy: b) == crash.event)
    #expect(environment.blame(b, seenBy: a) == nil)
    _ = environment.apply(.restart(a), at: at(3))
    #expect(environment.blame(a, seenBy: b) == nil)
    #expect(environment.blame(a, seenBy: b, since: at(2)) == crash.event)
    #expect(environment.blame(a, seenBy: b, since: at(4)) == nil)
    let cut = environment.apply(.block(from: [a], to: [b]), at: at(5))
    #expect(environment.blame(b, seenBy: a) == cut.event)
    #expect(environment.blame(c, seenBy: a) == nil)
  }
}
